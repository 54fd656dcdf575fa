/** Where and as whom to connect to a PostgreSQL database. */
export interface Connection {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** As in libpq; `disable` when the URL says nothing. */
  sslMode: string;
}

/** The parts of `postgres://user:password@host:port/database?sslmode=…`, decoded. */
export function readConnectionUrl(connectionUrl: string): Connection {
  const { hostname, port, pathname, username, password, searchParams } = new URL(connectionUrl);
  return {
    host: hostname,
    port: Number(port || 5432),
    database: decodeURIComponent(pathname.slice(1)),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    sslMode: searchParams.get('sslmode') ?? 'disable',
  };
}
