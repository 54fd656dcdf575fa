/** Interactions as Discord sends them, cut down to what people look at, and without their tokens as all that are stored. */
const interaction = {
  application_id: '1100000000000000900',
  version: 1,
  guild_id: '1100000000000000001',
  channel_id: '1100000000000000101',
  locale: 'en-GB',
  guild_locale: 'en-GB',
  app_permissions: '268553233',
  member: {
    user: { id: '1100000000000000701', username: 'ada', global_name: 'Ada Lovelace' },
    nick: null,
    roles: [],
    permissions: '117760',
    joined_at: '2026-01-01T12:00:00.000000+00:00',
  },
};

export const componentSample = {
  ...interaction,
  id: '1100000000000000801',
  type: 3,
  message: { id: '1100000000000000601', channel_id: interaction.channel_id },
  data: { custom_id: 'ticket:new', component_type: 2, id: 1 },
};

export const formSample = {
  ...interaction,
  id: '1100000000000000802',
  type: 5,
  data: {
    custom_id: 'ticket:details:billing',
    components: [
      {
        type: 18,
        id: 1,
        component: { type: 4, id: 2, custom_id: 'subject', value: 'My coupon does not work' },
      },
    ],
  },
};

export const commandSample = {
  ...interaction,
  id: '1100000000000000803',
  type: 2,
  data: { id: '1100000000000000501', type: 1, name: 'ticket' },
};
