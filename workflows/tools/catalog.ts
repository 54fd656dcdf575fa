import type { INodeTypeDescription } from 'n8n-workflow';

/** A description as its package states it, with the type that workflows name it by. */
export interface CatalogEntry {
  /** `<package>.<node>`. */
  type: string;
  description: INodeTypeDescription;
}

/** The node and credential types that workflows may use. */
export class Catalog {
  private readonly byType = new Map<string, INodeTypeDescription[]>();
  private readonly credentialTypes: ReadonlySet<string>;

  constructor(entries: Iterable<CatalogEntry>, credentialTypes: Iterable<string>) {
    for (const { type, description } of entries) {
      this.byType.set(type, [...(this.byType.get(type) ?? []), description]);
    }
    this.credentialTypes = new Set(credentialTypes);
  }

  /** What the canvas shows of a node type in a version; `undefined` when there is none. */
  describe(type: string, typeVersion: number): INodeTypeDescription | undefined {
    return this.byType.get(type)?.find(({ version }) => versionsOf(version).includes(typeVersion));
  }

  /** Every version there is of a node type, lowest first. */
  versions(type: string): number[] {
    return (this.byType.get(type) ?? [])
      .flatMap(({ version }) => versionsOf(version))
      .sort((one, other) => one - other);
  }

  hasCredentialType(name: string): boolean {
    return this.credentialTypes.has(name);
  }
}

function versionsOf(version: number | number[]): number[] {
  return Array.isArray(version) ? version : [version];
}
