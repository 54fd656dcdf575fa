import type { Json } from '../double';
import { COMPONENT } from './component-types';
import { plain, rowsOf, type Child } from './components';
import { entityId, resolvedEntities, type EntityType } from './entities';
import type { Interactions } from './interactions';
import { allMessagesFor, openModals, outcome } from './member-view';
import { placeOf, type Place } from './messages';
import { fieldsOf, submittedComponents, type Modal, type ModalValues } from './modal';
import type { Member, Message } from './schemas';
import type { World } from './world';

/** What members do with the components and forms that they see. Throws what keeps them from it, readable. */
export class ComponentUse {
  constructor(
    private readonly world: World,
    private readonly interactions: Interactions,
  ) {}

  /** Without a message, the newest that somebody sees with such a button. */
  async click(member: Member, customId: string, messageId?: string): Promise<Json> {
    const { message, child } = this.find(member, customId, messageId);
    if (child.type !== COMPONENT.button)
      throw new Error(`"${customId}" is no button: something has to be chosen.`);
    return this.use(member, message, { custom_id: customId, component_type: child.type });
  }

  /** Values of options; members, roles and channels by id or name. */
  async choose(
    member: Member,
    customId: string,
    given: readonly string[],
    messageId?: string,
  ): Promise<Json> {
    const { state } = this.world;
    const { message, child } = this.find(member, customId, messageId);
    const { type } = child;
    if (type === COMPONENT.button) throw new Error(`"${customId}" is a button: it can only be clicked.`);
    const { min_values: least, max_values: most } = child;
    if (given.length < (least ?? 1) || given.length > (most ?? 1)) {
      throw new Error(`Of "${customId}" ${least ?? 1} to ${most ?? 1} can be chosen, not ${given.length}.`);
    }
    const data = { custom_id: customId, component_type: type };
    if (type === COMPONENT.stringSelect) {
      const unknown = given.find((value) => !child.options.some((option) => option.value === value));
      if (unknown !== undefined) throw new Error(`There is no "${unknown}" to be chosen.`);
      return this.use(member, message, { ...data, values: [...given] });
    }
    const values = given.map((name) => entityId(state, type, name));
    const resolved = resolvedEntities(state, type, values, this.placeOf(message.channelId));
    return this.use(member, message, { ...data, values, resolved });
  }

  /** Without a custom id, the form that was opened last. It stays open when it is not answered rightly. */
  async submit(member: Member, given: ModalValues, customId?: string): Promise<Json> {
    const { state } = this.world;
    const open = openModals(state, member).findLast(
      ({ modal }) => (customId ?? modal.custom_id) === modal.custom_id,
    );
    if (!open) throw new Error(`${member.name} has no such form open.`);
    const { interaction: opener, modal } = open;
    const place = this.placeOf(opener.channelId);
    const values = this.withIds(modal, given);
    const components = submittedComponents(modal, values);
    this.keepOpen(opener.id, false);
    const interaction = await this.interactions.ask({
      kind: 'modal',
      customId: modal.custom_id,
      member,
      place,
      message: state.messages.get(opener.messageId ?? ''),
      openedBy: opener.id,
      data: plain({ custom_id: modal.custom_id, components, ...this.resolvedOf(modal, values, place) }),
    });
    if (interaction.status === 'failed') this.keepOpen(opener.id, true);
    return outcome(state, interaction);
  }

  private keepOpen(id: string, isModalOpen: boolean): void {
    const opener = this.world.state.interactions.get(id);
    if (opener) this.world.state.interactions.set(id, { ...opener, isModalOpen });
  }

  private async use(
    member: Member,
    message: Message,
    data: { custom_id: string; [key: string]: Json },
  ): Promise<Json> {
    const interaction = await this.interactions.ask({
      kind: 'component',
      customId: data.custom_id,
      member,
      place: this.placeOf(message.channelId),
      message,
      openedBy: null,
      data,
    });
    return outcome(this.world.state, interaction);
  }

  private find(
    member: Member,
    customId: string,
    messageId: string | undefined,
  ): { message: Message; child: Child } {
    const seen = allMessagesFor(this.world.state, member);
    const message = seen.findLast(
      ({ id, components }) => (messageId ?? id) === id && childOf(components, customId) !== undefined,
    );
    const child = message && childOf(message.components, customId);
    if (!message || !child) throw new Error(`${member.name} sees no component "${customId}".`);
    if (child.disabled) throw new Error(`"${customId}" is disabled.`);
    return { message, child };
  }

  private placeOf(channelId: string): Place {
    const place = placeOf(this.world.state, channelId);
    if (!place) throw new Error('The channel is not there any more.');
    return place;
  }

  private withIds(modal: Modal, given: ModalValues): ModalValues {
    const chosen = entityFields(modal).map(([id, type]) => {
      const names = [given[id] ?? []].flat();
      return [id, names.map((name) => entityId(this.world.state, type, name))];
    });
    return { ...given, ...Object.fromEntries(chosen) };
  }

  private resolvedOf(modal: Modal, values: ModalValues, place: Place): object {
    const parts = entityFields(modal).map(([id, type]) =>
      resolvedEntities(this.world.state, type, [values[id] ?? []].flat(), place),
    );
    return parts.length === 0 ? {} : { resolved: Object.assign({}, ...parts) };
  }
}

/** The fields of a form that ask for members, roles or channels. */
function entityFields(modal: Modal): Array<[customId: string, type: EntityType]> {
  return fieldsOf(modal).flatMap(({ component: { custom_id: id, type } }) =>
    type === COMPONENT.textInput || type === COMPONENT.stringSelect ? [] : [[id, type]],
  );
}

function childOf(components: readonly Json[], customId: string): Child | undefined {
  return rowsOf(components)
    .flatMap((row) => row.components)
    .find((child) => child.custom_id === customId);
}
