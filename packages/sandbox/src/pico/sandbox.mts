import type { FloorProduct } from '../web/catalogue.mts';
import { Clock } from './clock.mts';
import { type Engine, createEngine } from './graphql/engine.mts';
import { Orders } from './plant/orders.mts';
import { Plant } from './plant/plant.mts';
import { seedPlant } from './plant/seed.mts';
import { Random } from './random.mts';
import { Calls, Streams } from './registry.mts';
import { type Switches, defaultSwitches } from './switches.mts';
import { Webhooks } from './webhooks/webhooks.mts';

export interface SandboxSettings {
	seed: number;
	switches: Partial<Switches>;
	/** Hosts besides this machine that webhooks may reach. */
	webhookHosts?: readonly string[];
	/** Deployed besides the plant's own, at the start and after each reset. */
	products?: readonly FloorProduct[];
}

/** Everything one sandbox holds. `reset` makes a fresh plant with the same or new settings. */
export class Sandbox {
	readonly clock = new Clock();
	readonly streams = new Streams(() => this.changed());
	readonly calls = new Calls(() => this.changed());
	readonly webhooks: Webhooks;
	seed: number;
	switches: Switches;
	plant: Plant;
	orders: Orders;
	/** Decides which deliveries are repeated; apart from the plant's, so that readers do not change its serials. */
	deliveryRandom: Random;
	private readonly listeners = new Set<() => void>();
	private engines = new Map<string, Engine>();
	private initialSwitches: Partial<Switches>;
	private readonly products: readonly FloorProduct[];

	constructor(settings: SandboxSettings) {
		this.seed = settings.seed;
		this.initialSwitches = settings.switches;
		this.products = settings.products ?? [];
		this.switches = { ...defaultSwitches(), ...settings.switches };
		this.webhooks = new Webhooks(this, settings.webhookHosts ?? []);
		({ plant: this.plant, orders: this.orders, random: this.deliveryRandom } = this.freshPlant(true));
	}

	/** The schema and server for the switches in force. */
	get engine(): Engine {
		const { profile, streamShape, extraSaveFields, streamCursor } = this.switches;
		const key = [profile, streamShape, extraSaveFields, streamCursor].join();
		const known = this.engines.get(key);
		if (known) return known;
		const engine = createEngine(this);
		this.engines.set(key, engine);
		return engine;
	}

	/** Fresh data, no streams, webhooks or calls; switches as at the start plus the given ones. */
	reset(change: { seed?: number; switches?: Partial<Switches>; now?: bigint } = {}): void {
		this.closeAll();
		this.calls.clear();
		this.seed = change.seed ?? this.seed;
		this.switches = { ...defaultSwitches(), ...this.initialSwitches, ...change.switches };
		this.clock.real();
		if (change.now !== undefined) this.clock.set(change.now);
		({ plant: this.plant, orders: this.orders, random: this.deliveryRandom } = this.freshPlant(true));
		this.changed();
	}

	/** An empty plant in place of the present one (a data file fills it). */
	clearPlant(): void {
		this.closeAll();
		({ plant: this.plant, orders: this.orders, random: this.deliveryRandom } = this.freshPlant(false));
	}

	closeAll(): void {
		this.plant.releaseHeld();
		this.streams.cut();
		this.webhooks.stopAll();
	}

	/** Cuts every open stream and the internal streams behind the webhooks. */
	cut(): number {
		this.webhooks.cut();
		return this.streams.cut();
	}

	set(switches: Partial<Switches>): void {
		this.switches = { ...this.switches, ...switches };
		this.plant.releaseHeld();
		this.changed();
	}

	/** Uses up one of a counted fault; false when none is left. */
	spend(name: 'burst503' | 'htmlErrorPage' | 'commitThenTimeout'): boolean {
		if (this.switches[name] === 0) return false;
		this.set({ [name]: this.switches[name] - 1 });
		return true;
	}

	/** Tells the page and the data file that something is different. */
	changed(): void {
		for (const listener of this.listeners) listener();
	}

	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	private freshPlant(seeded: boolean) {
		const plant = new Plant({ clock: this.clock, random: new Random(this.seed), switches: () => this.switches });
		if (seeded) {
			seedPlant(plant);
			for (const { partNumber, revision, subassemblies, ...product } of this.products) {
				for (const part of subassemblies) renameSubassembly(plant, part);
				plant.deploy({ ...product, externalId: partNumber, externalRevision: revision });
			}
		}
		return { plant, orders: new Orders(plant), random: new Random(this.seed + 1) };
	}
}

/** Gives a subassembly of the plant the part number of the ERPs, also where a product asks for its serial. */
function renameSubassembly(plant: Plant, { insteadOf, partNumber, revision, name }: FloorProduct['subassemblies'][number]): void {
	const own = plant.operations.find(({ externalId }) => externalId === insteadOf);
	// Another product has it too.
	if (!own) return;
	plant.deploy({ id: own.id, name, externalId: partNumber, externalRevision: revision });
	for (const operation of plant.operations) {
		if (!operation.consumedSerials.some(({ externalId }) => externalId === insteadOf)) continue;
		const consumedSerials = operation.consumedSerials.map((serial) => (serial.externalId === insteadOf ? { ...serial, externalId: partNumber } : serial));
		plant.deploy({ id: operation.id, name: operation.name, consumedSerials });
	}
}
