/** Rising whole numbers in short, such as `0-6, 8`. */
export function ranges(numbers: readonly number[]): string {
	const parts: string[] = [];
	for (let start = 0; start < numbers.length; ) {
		let end = start;
		while (numbers[end + 1] === numbers[end] + 1) end++;
		parts.push(end > start ? `${numbers[start]}-${numbers[end]}` : String(numbers[start]));
		start = end + 1;
	}
	return parts.join(', ');
}
