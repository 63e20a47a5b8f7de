import type { Page } from 'playwright-core';
import { until } from '../../demo/lib/poll.mts';
import type { Editor } from './editor.mts';

/** Where nodes and notes are, in the units of the canvas. */
export interface Extent {
	width: number;
	height: number;
}

interface Drawn {
	id: string;
	nodes: ReadonlyArray<{ position: [number, number]; parameters: Record<string, unknown> }>;
}

/** Width that a picture has if everything on it stays readable. */
const USUAL_WIDTH = 1400;
/** Below this the text of a note (14 px) cannot be read any more; a wide canvas makes a wide picture instead. */
const LEAST_SCALE = 0.62;
/** Space that the editor's own bars take. */
const BARS = { width: 160, height: 220 };
const MARGIN = 20;
/** What lies above the canvas. */
const COVER = [
	'canvas-controls',
	'canvas-minimap',
	'canvas-plus-button',
	'node-creator-plus-button',
	'command-bar-button',
	'add-sticky-button',
	'toggle-focus-panel-button',
	'logs-panel',
	'canvas-handle-plus-wrapper',
].map((name) => `[data-test-id="${name}"]`);

export function extentOf({ nodes }: Drawn): Extent {
	const right = nodes.map(({ position: [x], parameters }) => x + Number(parameters.width ?? 100));
	const bottom = nodes.map(({ position: [, y], parameters }) => y + Number(parameters.height ?? 140));
	return {
		width: Math.max(...right) - Math.min(...nodes.map(({ position }) => position[0])),
		height: Math.max(...bottom) - Math.min(...nodes.map(({ position }) => position[1])),
	};
}

/** A picture of the whole canvas of a workflow and of nothing else, at a size at which its notes can be read. */
export async function shootCanvas(editor: Editor, workflow: Drawn, name: string): Promise<void> {
	const { page } = editor;
	const extent = extentOf(workflow);
	const scale = Math.min(1, Math.max(LEAST_SCALE, USUAL_WIDTH / extent.width));
	// The editor leaves room around what it fits in, by an amount of its own: look, correct, look again.
	let size = { width: extent.width * scale + BARS.width, height: extent.height * scale + BARS.height };
	await page.setViewportSize(rounded(size));
	await editor.openWorkflow(workflow.id);
	await page.addStyleTag({ content: `${COVER.join(', ')}, .vue-flow__panel { visibility: hidden !important; }` });
	for (let round = 0; round < 3; round++) {
		await page.evaluate(() => (document.querySelector('[data-test-id="zoom-to-fit"]') as HTMLElement | null)?.click());
		await settled(page);
		const factor = scale / (await zoomOf(page));
		if (Math.abs(factor - 1) < 0.01) break;
		size = {
			width: (size.width - BARS.width) * factor + BARS.width,
			height: (size.height - BARS.height) * factor + BARS.height,
		};
		await page.setViewportSize(rounded(size));
		await settled(page);
	}
	await editor.shoot(name, { clip: await drawnArea(page) });
	await page.setViewportSize(editor.size);
}

const rounded = ({ width, height }: Extent): Extent => ({
	width: Math.max(900, Math.ceil(width)),
	height: Math.max(600, Math.ceil(height)),
});

const PANE = '.vue-flow__transformationpane';

async function zoomOf(page: Page): Promise<number> {
	return await page.locator(PANE).evaluate((pane) => new DOMMatrix(getComputedStyle(pane).transform).a);
}

/** Waits until the canvas has stopped moving. */
async function settled(page: Page): Promise<void> {
	const pane = page.locator(PANE);
	let before = '';
	await until(
		'the canvas to stand still',
		async () => {
			const now = (await pane.getAttribute('style')) ?? '';
			const still = now !== '' && now === before;
			before = now;
			return still;
		},
		{ everyMs: 350 },
	);
}

/** The rectangle around nodes with their names, notes and lines. */
async function drawnArea(page: Page) {
	return await page.evaluate((margin) => {
		const parts = document.querySelectorAll('.vue-flow__node, .vue-flow__node *, .vue-flow__edge-path');
		let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
		for (const part of parts) {
			if (
				part.closest('[data-test-id="canvas-node-toolbar"]') ??
				part.closest('[data-test-id="canvas-handle-plus-wrapper"]')
			)
				continue;
			const box = part.getBoundingClientRect();
			if (box.width === 0 || box.height === 0 || getComputedStyle(part).visibility === 'hidden') continue;
			left = Math.min(left, box.left);
			top = Math.min(top, box.top);
			right = Math.max(right, box.right);
			bottom = Math.max(bottom, box.bottom);
		}
		return { x: left - margin, y: top - margin, width: right - left + 2 * margin, height: bottom - top + 2 * margin };
	}, MARGIN);
}
