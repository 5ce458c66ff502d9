// Serves GitHub's API on a free port of the loopback interface until standard input ends.
// Arguments: where emulate is installed. The first line of standard input is what to begin with.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { createEmulator } = await import(pathToFileURL(`${process.argv[2]}/node_modules/emulate/dist/api.js`));
let server;
for await (const line of createInterface({ input: process.stdin })) {
  server = await createEmulator({ service: "github", port: 0, seed: JSON.parse(line) });
  console.log(server.url);
}
await server?.close();
process.exit(0);
