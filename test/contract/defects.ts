/** Where a contract file is known to say less or other than the system does. */
export interface KnownDefects {
  /** What the paths of the file's server have before those that its double is asked for. */
  pathPrefix: string;
  /** Statuses that the system answers though the file does not declare them. */
  undeclaredStatuses: readonly number[];
  /** Component that the bodies of undeclared errors have to fit, if it is known. */
  errorSchema?: string;
  /** Fields that the file requires in request bodies though the system does not. */
  optionalInRequests: readonly string[];
  /** Whether `null` in an answer stands for a field that is not there, because the file knows no null. */
  nullMeansAbsent: boolean;
  /** Whether the system is written in PHP, where an empty object is sent as `[]`. */
  emptyObjectsAreLists: boolean;
  /** Media types of what a proxy before the system answers in its place. */
  proxyMediaTypes: readonly string[];
}

const NONE: KnownDefects = {
  pathPrefix: '',
  undeclaredStatuses: [],
  optionalInRequests: [],
  nullMeansAbsent: false,
  emptyObjectsAreLists: false,
  proxyMediaTypes: [],
};

const DEFECTS: Readonly<Record<string, KnownDefects>> = {
  // The file is generated from entity definitions: `id` is required everywhere, nothing is nullable, a create
  // without `_response` answers 204, and most errors are not declared.
  shopware: {
    ...NONE,
    undeclaredStatuses: [204, 400, 401, 403, 404, 429, 500],
    errorSchema: 'failure',
    optionalInRequests: ['id'],
    nullMeansAbsent: true,
    emptyObjectsAreLists: true,
  },
  // Any call may meet maintenance mode (503), or a mistake that EspoCRM does not foresee (500).
  espocrm: { ...NONE, undeclaredStatuses: [500, 503] },
  // The file describes no error, and knows no null; with a template sender and subject may come from that.
  resend: {
    ...NONE,
    undeclaredStatuses: [400, 401, 403, 404, 405, 409, 422, 429, 500],
    errorSchema: 'Refusal',
    optionalInRequests: ['from', 'subject'],
    nullMeansAbsent: true,
  },
  // The double's address stands for the API's base address, as in the credential. Clients that are shut out get a
  // page of Cloudflare's.
  discord: { ...NONE, pathPrefix: '/api/v10', proxyMediaTypes: ['text/html'] },
  // The file is that of version 1.0, generated from the data model: it knows no null, and of errors only 400 and 401.
  twenty: {
    ...NONE,
    undeclaredStatuses: [402, 403, 404, 429],
    errorSchema: 'Refusal',
    nullMeansAbsent: true,
  },
};

export function defectsOf(service: string): KnownDefects {
  return DEFECTS[service] ?? NONE;
}
