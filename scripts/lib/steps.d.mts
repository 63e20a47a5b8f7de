export class StepError extends Error {}
