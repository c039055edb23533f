import { Box, Text, VisuallyHidden } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, useEffect, useLayoutEffect, useState } from "react";
import { Waiting } from "./answer.tsx";
import { Fault } from "./fault.tsx";
import classes from "./rows.module.css";

/** A column: its title, how wide it is (a track of a CSS grid; `1fr` when left out), and what a row shows there. */
export interface Column<Row> {
  readonly title: string;
  readonly width?: string;
  /** For a column of buttons, which say themselves what they do: its title is only heard. */
  readonly isControl?: boolean;
  readonly render: (row: Row) => ReactNode;
}

interface List<Row, Page> {
  /** What the list is of, for whoever hears it. */
  readonly label: string;
  readonly query: UseInfiniteQueryResult<InfiniteData<Page>>;
  readonly rowsOf: (page: Page) => readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  /** Shown where there are none. */
  readonly empty: ReactNode;
  /** A word on how many there are, as in `(count) => count + " connections"`; told when they change. */
  readonly count?: (total: number) => string;
}

/**
 * A list of any length: only the rows that can be seen are on the page, and the next page is asked for when its end comes near. At a
 * narrow width each row is a card, with the titles of its columns. The first column is the row's name and may hold its link.
 */
export function Rows<Row, Page>({ label, query, rowsOf, keyOf, columns, empty, count }: List<Row, Page>) {
  const rows = query.data?.pages.flatMap(rowsOf) ?? [];
  const total = (query.data?.pages.at(-1) as { totalCount?: number } | undefined)?.totalCount;
  const [place, setPlace] = useState<HTMLDivElement | null>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(place ? place.getBoundingClientRect().top + scrollY : 0), [place]);
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => 53, overscan: 8, scrollMargin: offset });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = query;
  useEffect(() => {
    if (last >= rows.length - 20 && hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, isError, fetchNextPage]);

  if (query.isError && rows.length === 0) return <Fault error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Waiting lines={6} />;
  if (rows.length === 0 && !hasNextPage) return empty;
  const template = columns.map(({ width = "minmax(0, 1fr)" }) => width).join(" ");
  return (
    <Box>
      {query.isError && <Fault error={query.error} retry={() => void query.refetch()} />}
      <div role="table" aria-label={label} aria-rowcount={total ?? -1} aria-busy={query.isPlaceholderData} className={classes.table}>
        <div role="rowgroup">
          <div role="row" className={classes.head} style={{ gridTemplateColumns: template }}>
            {columns.map(({ title, isControl }) => (
              <span role="columnheader" key={title}>
                {isControl ? <VisuallyHidden>{title}</VisuallyHidden> : title}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" ref={setPlace} className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <div
                role="row"
                key={keyOf(row)}
                data-index={index}
                ref={virtual.measureElement}
                aria-rowindex={index + 2}
                className={classes.row}
                style={{ gridTemplateColumns: template, transform: `translateY(${start - offset}px)` }}
              >
                <Cells columns={columns as readonly Column<unknown>[]} row={row} />
              </div>
            );
          })}
        </div>
      </div>
      <Text size="xs" c="dimmed" mt="xs" role="status">
        {count && total !== undefined ? count(total) : ""}
        {isFetchingNextPage ? " · loading more" : ""}
      </Text>
    </Box>
  );
}

/** A row's cells are made again only when the row or the columns are others: whoever types in a search waits for no more than that. */
const Cells = memo(({ columns, row }: { columns: readonly Column<unknown>[]; row: unknown }) =>
  columns.map(({ title, isControl, render }) => (
    <div role="cell" key={title} className={classes.cell} data-title={isControl ? undefined : title}>
      <div className={classes.value}>{render(row)}</div>
    </div>
  )),
);
