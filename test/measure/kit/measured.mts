/**
 * Runs one measurement: `measured.mts <file url> <function> <json input>`. Its result is the last line of the output. Runs
 * on the Node of n8n, which reads TypeScript by itself.
 */
const [, , file, name, input] = process.argv;
const measures = (await import(file)) as Record<string, (input: object) => Promise<unknown>>;
const result = await measures[name](JSON.parse(input) as object);
process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));

export {};
