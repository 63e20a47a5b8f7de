import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

/** Parameters that show when these values are chosen, whatever else is; in order. */
export function shownFor(properties: readonly INodeProperties[], chosen: Record<string, string>): INodeProperties[] {
	return properties.filter(({ displayOptions }) =>
		Object.entries(chosen).every(([name, value]) => displayOptions?.show?.[name]?.includes(value)),
	);
}

/** Names as the documentation writes them: `Options > Attempts` for what lies in a collection. Each name once. */
export function namesOf(properties: readonly INodeProperties[]): string[] {
	const names = properties.flatMap((property) => {
		if (property.type !== 'collection' && property.type !== 'fixedCollection') return [property.displayName];
		const inner = (property.options ?? []).flatMap((option) =>
			'values' in option ? (option as INodePropertyCollection).values : [option as INodeProperties],
		);
		return inner.map(({ displayName }) => `${property.displayName} > ${displayName}`);
	});
	return [...new Set(names)];
}

/** The choices of a dropdown. */
export function choices(property: INodeProperties | undefined): INodePropertyOptions[] {
	return (property?.options ?? []) as INodePropertyOptions[];
}
