export function onInterrupt(name: string, stop: () => unknown): () => void;
