/** The first `limit` rows, and whether there are more. */
export async function take<T>(rows: AsyncIterable<T>, limit: number): Promise<{ data: T[]; more: boolean }> {
  const data: T[] = [];
  for await (const row of rows) {
    if (data.length === limit) return { data, more: true };
    data.push(row);
  }
  return { data, more: false };
}
