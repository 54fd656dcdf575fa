/** An error with the service that it is of, which most name themselves. */
export function errorText(service: string, message: string): string {
  return service === '' || message.startsWith(service) ? message : `${service}: ${message}`;
}
