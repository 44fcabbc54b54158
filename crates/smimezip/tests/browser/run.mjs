// Runs the checks in the WebAssembly module that is given, each in an instance of its own: in what browsers
// have, without anything that they give a page.
import { readFileSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const imports = WebAssembly.Module.imports(module);
if (imports.length > 0) {
  throw new Error(`it asks for ${imports.map((it) => it.name).join(", ")}`);
}
let passed = 0;
let failed = 0;
for (let number = 0; ; number += 1) {
  const { check, said, memory } = new WebAssembly.Instance(module, {}).exports;
  let outcome = 0;
  try {
    outcome = check(number);
  } catch (error) {
    console.log(`${error}`);
  }
  if (outcome < 0) break;
  const place = BigInt.asUintN(64, said());
  const text = new Uint8Array(memory.buffer, Number(place >> 32n), Number(place & 0xffffffffn));
  console.log(`${outcome === 1 ? "ok" : "FAILED"}: ${new TextDecoder().decode(text)}`);
  if (outcome === 1) passed += 1;
  else failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
