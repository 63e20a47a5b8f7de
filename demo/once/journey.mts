/** One order on its way from an ERP to the shop floor and back; times in ms since it was made. */
export interface Journey {
	erp: string;
	/** Id in the ERP. */
	id: number;
	/** The order id in Pico. */
	name: string;
	partNumber: string;
	quantity: number;
	/** Serial numbers of the units; none for a product without. */
	serials: string[];
	/** Serial numbers of built-in parts, of all units. */
	parts: string[];
	madeAt: number;
	saved?: number;
	completed?: number;
	arrived?: number;
	produced: number;
	verdict: string;
}

/** What an ERP holds of an order. */
export interface Booked {
	/** Whether the ERP itself says that the order is finished. */
	done: boolean;
	status: string;
	produced: number;
	/** What the ERP calls the units that were posted: "1", "2". */
	units: string[];
	serials: string[];
	/** Serial numbers of the parts that were used up. */
	parts: string[];
}

/** One of the two ERPs, as far as the demo has to ask it. */
export interface Erp {
	name: string;
	/** Ids of the workflows that carry its orders and completions. */
	ordersWorkflow: string;
	completionsWorkflow: string;
	make(order: { partNumber: string; quantity: number }): Promise<{ id: number; name: string }>;
	/** By id of the order. */
	booked(): Promise<Map<number, Booked>>;
}

export const unitCount = (journeys: readonly Journey[]) => journeys.reduce((sum, { quantity }) => sum + quantity, 0);

/** Compares what was built with what is booked. */
export function judge(journey: Journey, booked: Booked | undefined): void {
	journey.produced = booked?.produced ?? 0;
	journey.verdict = verdictOf(journey, booked);
}

function verdictOf({ quantity, serials, parts }: Journey, booked: Booked | undefined): string {
	if (!booked?.done) return `not done (${booked?.status ?? 'unknown'})`;
	if (booked.produced !== quantity) return `${booked.produced} produced`;
	const units = Array.from({ length: quantity }, (_, index) => String(index + 1));
	if (list(booked.units) !== list(units)) return `posted units: ${list(booked.units) || 'none'}`;
	if (list(booked.serials) !== list(serials)) return `serials: ${list(booked.serials) || 'none'}`;
	if (list(booked.parts) !== list(parts)) return `parts: ${list(booked.parts) || 'none'}`;
	return 'exactly once';
}

const list = (serials: readonly string[]) => [...serials].sort().join(', ');
