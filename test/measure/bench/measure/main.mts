/**
 * Runs one measurement: `main.mts <name> <json input>`. Its result is the last line of the output. Runs on the Node of
 * n8n, which reads TypeScript by itself.
 */
const [, , name, input] = process.argv;
const { measure } = (await import(`./${name}.mts`)) as { measure(input: object): Promise<unknown> };
const result = await measure(JSON.parse(input) as object);
process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));

export {};
