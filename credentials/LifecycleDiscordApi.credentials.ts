import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';

/** Discord asks bots to name themselves in this form, and blocks what does not. */
const USER_AGENT = 'DiscordBot (https://github.com/n8n-nodes-lifecycle/n8n-nodes-lifecycle, 0.1.0)';

export class LifecycleDiscordApi implements ICredentialType {
  name = 'lifecycleDiscordApi';

  displayName = 'Lifecycle Discord API';

  icon = {
    light: 'file:../nodes/DiscordInviteIssuer/discordInviteIssuer.svg',
    dark: 'file:../nodes/DiscordInviteIssuer/discordInviteIssuer.dark.svg',
  } as const;

  documentationUrl = 'https://discord.com/developers/docs/quick-start/getting-started';

  properties: INodeProperties[] = [
    {
      displayName: 'URL',
      name: 'url',
      type: 'string',
      required: true,
      default: 'https://discord.com/api/v10',
      placeholder: 'e.g. https://discord.com/api/v10',
      description: 'Address of the Discord API, with its version',
    },
    {
      displayName: 'Bot Token',
      name: 'botToken',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description: 'In the Discord Developer Portal: your application > Bot > Reset Token; it is shown once',
    },
    {
      displayName: 'Server ID',
      name: 'serverId',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. 1100000000000000001',
      description:
        'In Discord, with User Settings > Advanced > Developer Mode switched on: right-click the server > Copy Server ID. The bot has to be in this server.',
    },
    {
      displayName: 'Public Key',
      name: 'publicKey',
      type: 'string',
      default: '',
      placeholder: 'e.g. 8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c',
      description:
        'What Discord signs interactions with. In the Discord Developer Portal: your application > General Information. Left empty, it is read with the bot token when the intake is published.',
    },
  ];

  /** A function, because n8n would set up its expression engine for `={{ … }}` in every call. */
  async authenticate(
    { botToken }: ICredentialDataDecryptedObject,
    options: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    const headers = {
      'User-Agent': USER_AGENT,
      ...options.headers,
      Authorization: `Bot ${String(botToken).trim()}`,
    };
    return { ...options, headers };
  }

  test: ICredentialTestRequest = {
    request: {
      baseURL: '={{ $credentials.url.trim().replace(/\\/+$/, "") }}',
      url: '=/guilds/{{ $credentials.serverId.trim() }}',
      headers: { 'User-Agent': USER_AGENT },
    },
    rules: [
      {
        type: 'responseCode',
        properties: { value: 400, message: 'The server ID has to be a number of 17 to 20 digits.' },
      },
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message:
            'Discord does not know this bot token. Reset it in the Developer Portal and paste the new one.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 403,
          message: 'The bot is not in this server. Invite it with the OAuth2 URL from the Developer Portal.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 404,
          message:
            'There is no server with this ID that the bot is in. Check the ID, invite the bot to the server, and check that the URL ends with "/api/v10".',
        },
      },
    ],
  };
}
