/** Where a contract file is known to say less or other than the system does. */
export interface KnownDefects {
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
}

const NONE: KnownDefects = {
  undeclaredStatuses: [],
  optionalInRequests: [],
  nullMeansAbsent: false,
  emptyObjectsAreLists: false,
};

const DEFECTS: Readonly<Record<string, KnownDefects>> = {
  // The file is generated from entity definitions: `id` is required everywhere, nothing is nullable, a create
  // without `_response` answers 204, and most errors are not declared.
  shopware: {
    undeclaredStatuses: [204, 400, 401, 403, 404, 429, 500],
    errorSchema: 'failure',
    optionalInRequests: ['id'],
    nullMeansAbsent: true,
    emptyObjectsAreLists: true,
  },
};

export function defectsOf(service: string): KnownDefects {
  return DEFECTS[service] ?? NONE;
}
