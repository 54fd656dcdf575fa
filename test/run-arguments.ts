const SELECT = '--selectProjects';

/** Takes `--selectProjects a b` out of jest's arguments; everything else is passed on as it is. */
export function splitArguments(args: readonly string[]): { projects: string[] | undefined; rest: string[] } {
  const start = args.indexOf(SELECT);
  if (start < 0) return { projects: undefined, rest: [...args] };
  const after = args.slice(start + 1);
  const end = after.findIndex((arg) => arg.startsWith('-'));
  const count = end < 0 ? after.length : end;
  return { projects: after.slice(0, count), rest: [...args.slice(0, start), ...after.slice(count)] };
}
