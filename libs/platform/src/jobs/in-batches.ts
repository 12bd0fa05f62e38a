/**
 * Repeats work that does up to `size` at a time, until it finds less than that.
 *
 * @param next does the next ones, and resolves to how many
 * @param most batches in all, however many are left
 * @returns how many in all
 */
export async function inBatches(
  size: number,
  next: (size: number) => Promise<number>,
  most = Infinity,
): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < most; batch++) {
    const done = await next(size);
    total += done;
    if (done < size) break;
  }
  return total;
}
