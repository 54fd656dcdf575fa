import type { SandboxRequest, SandboxResponse } from '../double';
import {
  contactJson,
  fieldGroups,
  flatFields,
  minimalContactJson,
  shapeValues,
  type ValueShape,
} from './contact-json';
import { matchesSearch } from './contact-search';
import { answer, notFound } from './errors';
import { page, parseListQuery, type ListQuery } from './listing';
import { decodeEntities, sqlDate } from './php';
import type { Contact, MauticState } from './state';
import type { Cell } from './where';

/** Reading contacts: by id, and in lists. */
export class ContactReads {
  constructor(private readonly state: MauticState) {}

  /** Throws 404. The id of a contact that was merged into another gives that other one. */
  get(id: number): Contact {
    const contact = this.state.contact(id);
    if (!contact) throw notFound();
    return contact;
  }

  detail(contact: Contact, id: number | null = contact.id): Record<string, unknown> {
    return contactJson(contact, this.fieldsOf(contact, 'single'), id);
  }

  /** A contact in replies that leave out `fields.all`. */
  withoutFlatFields(contact: Contact): Record<string, unknown> {
    const fields = this.state.publishedFields();
    return contactJson(contact, fieldGroups(fields, shapeValues(fields, contact, 'single'), true));
  }

  /** `total` is a text, and `contacts` an object by id, also when it is empty. */
  list(request: SandboxRequest): SandboxResponse {
    const query = parseListQuery(request);
    const candidates = this.candidates(query).filter((contact) =>
      matchesSearch(this.state, contact, query.search),
    );
    const { rows, total } = page(candidates, query, (contact, column) => this.cell(contact, column));
    const shape = query.minimal ? minimalContactJson : contactJson;
    const contacts = Object.fromEntries(
      rows.map((contact) => [contact.id, shape(contact, this.fieldsOf(contact, 'list'))]),
    );
    return answer({ total: String(total), contacts });
  }

  private fieldsOf(contact: Contact, shape: ValueShape): Record<string, unknown> {
    const fields = this.state.publishedFields();
    const values = shapeValues(fields, contact, shape);
    return { ...fieldGroups(fields, values, true), all: flatFields(fields, values, contact.id) };
  }

  /** By way of the index over e-mail addresses, when the query names one; its conditions still apply. */
  private candidates(query: ListQuery): Contact[] {
    for (const condition of query.where) {
      if ('all' in condition || condition.col !== 'email' || typeof condition.val !== 'string') continue;
      if (condition.expr === 'eq') return this.state.contacts.byEmail(condition.val);
      const single = decodeEntities(condition.val);
      if (condition.expr === 'in' && !/[",]/.test(single)) return this.state.contacts.byEmail(single);
    }
    return this.state.contacts.all();
  }

  /** A column of the `leads` table, by its own name or the property's. */
  private cell(contact: Contact, column: string): Cell | undefined {
    switch (column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)) {
      case 'id':
        return contact.id;
      case 'date_added':
        return sqlDate(contact.dateAdded);
      case 'date_modified':
        return contact.dateModified === null ? null : sqlDate(contact.dateModified);
      case 'date_identified':
        return contact.dateIdentified === null ? null : sqlDate(contact.dateIdentified);
      case 'is_published':
        return 1;
      case 'owner_id':
        return null;
    }
    const value = this.state.field(column) ? (contact.fields[column] ?? null) : undefined;
    return typeof value === 'boolean' ? Number(value) : value;
  }
}
