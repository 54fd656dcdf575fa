// Calls a function of the built services/trial-leads, in a Node.js that has node:sqlite: node read-trials.mjs <bundle>
// <function> <JSON of the arguments>. Root reads as nobody when AS_NOBODY is set. Prints one JSON line: `result`, or `error` with the message.
import { createRequire } from 'node:module';

const [bundle, name, json] = process.argv.slice(2);
const functions = createRequire(import.meta.url)(bundle);
if (process.env.AS_NOBODY && process.getuid() === 0) {
  process.setgid(65_534);
  process.setuid(65_534);
}
const answer = await functions[name](...JSON.parse(json)).then(
  (result) => ({ result }),
  (error) => ({ error: error.message }),
);
console.log(JSON.stringify(answer, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value)));
