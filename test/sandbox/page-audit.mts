/**
 * What a person with a phone, weak eyes or a screen reader would miss. Each function runs in the browser: it uses nothing
 * from outside itself.
 */

/** Texts and controls that stick out of the window, or out of a box that hides what sticks out. */
export function cutOff(): string[] {
	const found: string[] = [];
	if (document.documentElement.scrollWidth > innerWidth) found.push(`page: ${document.documentElement.scrollWidth} wide`);
	for (const element of document.querySelectorAll<HTMLElement>('body *')) {
		const { overflowX, visibility, clipPath } = getComputedStyle(element);
		const { left, right, width, height } = element.getBoundingClientRect();
		if (width < 2 || height < 2 || visibility === 'hidden' || clipPath !== 'none' || element.closest('thead, #toast')) continue;
		const name = `${element.tagName}.${element.className} "${(element.textContent ?? '').trim().slice(0, 30)}"`;
		if (right > innerWidth + 1 || left < -1) found.push(`${name}: ${Math.round(left)} to ${Math.round(right)}`);
		if (overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1)
			found.push(`${name}: ${element.scrollWidth} in ${element.clientWidth}`);
	}
	return found;
}

/** Texts whose contrast to what lies behind them is below `least`, as WCAG counts it. */
export function faintTexts(least: number): string[] {
	const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
	const rgba = (color: string): number[] => {
		canvas.clearRect(0, 0, 1, 1);
		canvas.fillStyle = color;
		canvas.fillRect(0, 0, 1, 1);
		const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
		return [red, green, blue, alpha / 255];
	};
	const over = ([r, g, b, a]: number[], [r2, g2, b2]: number[]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a), 1];
	const behind = (element: Element | null): number[] => {
		if (!element) return rgba(getComputedStyle(document.documentElement).colorScheme.includes('dark') && matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#ffffff');
		const own = rgba(getComputedStyle(element).backgroundColor);
		return own[3] === 1 ? own : over(own, behind(element.parentElement));
	};
	const light = ([r, g, b]: number[]) => {
		const [x, y, z] = [r, g, b].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
		return 0.2126 * x + 0.7152 * y + 0.0722 * z;
	};
	const found: string[] = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		const element = node.parentElement;
		if (!element || !node.textContent?.trim() || !element.checkVisibility() || element.closest('script, #toast')) continue;
		let opacity = 1;
		for (let each: Element | null = element; each; each = each.parentElement) opacity *= Number(getComputedStyle(each).opacity);
		const ground = behind(element);
		const [red, green, blue, alpha] = rgba(getComputedStyle(element).color);
		const [text, back] = [light(over([red, green, blue, alpha * opacity], ground)), light(ground)];
		const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
		if (contrast < least) found.push(`${contrast.toFixed(2)}: ${element.tagName}.${element.className} "${node.textContent.trim().slice(0, 30)}"`);
	}
	return [...new Set(found)];
}

/** The names by which a screen reader tells the buttons apart. */
export function buttonNames(): string[] {
	return [...document.querySelectorAll('button')]
		.filter((button) => button.checkVisibility())
		.map((button) => (button.ariaLabel ?? button.textContent ?? '').trim());
}
