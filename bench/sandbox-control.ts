/** The sandbox's control API. */
export class SandboxControl {
  constructor(private readonly url: string) {}

  /** Gives the parsed answer, whose form the caller checks. Throws the sandbox's reason for refusing. */
  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The sandbox refused ${method} ${path} (${response.status}): ${text}`);
    return JSON.parse(text);
  }
}
