import { Paper, Skeleton, Text, Title } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import classes from "./chart.module.css";
import { margin, type Step, shapeOf } from "./chart-shape.ts";

/** What one chart shows. */
export interface Measure {
  readonly title: string;
  readonly ink: "calls" | "errors" | "times";
  /** The whole of it in one number, and what that is. */
  readonly figure: string;
  readonly note: string;
  /** The whole chart in a sentence, for whoever does not see it. */
  readonly summary: string;
  readonly steps: readonly Step[];
  readonly topMin: number;
  readonly topMax: number;
  /** A value in words, as in "12 calls a minute". Undefined: there was nothing to measure. */
  readonly words: (value: number | undefined) => string;
  /** A value at the axis. */
  readonly tick: (value: number) => string;
}

interface Drawing {
  readonly measure: Measure;
  readonly to: Date;
  /** The step that is read, in all charts together; undefined when none is. */
  readonly read: number | undefined;
  readonly onRead: (step: number | undefined) => void;
}

const height = 150;

/** A chart over time: pointing at it or moving with the arrow keys tells the value of that moment in the place of the whole. */
export function Chart({ measure, to, read, onRead }: Drawing) {
  const { title, ink, steps, figure, note, summary, words, tick } = measure;
  const { ref, width } = useElementSize();
  const shape = shapeOf({ ...measure, to, width, height });
  const step = read === undefined ? undefined : steps[read];
  const place = read === undefined || step === undefined ? undefined : shape.place(read);
  const at = read ?? steps.length - 1;
  return (
    <Paper component="section" className={classes.card} data-ink={ink} p="lg" aria-label={title}>
      <Title order={3} fz="sm" fw={550}>
        {title}
      </Title>
      <div className={classes.figure}>{step ? words(step.value) : figure}</div>
      <Text size="xs" c="dimmed" mb="md">
        {step ? `at ${clock(step.at)}` : note}
      </Text>
      <div
        ref={ref}
        className={classes.field}
        onPointerMove={({ clientX, currentTarget }) => onRead(shape.stepAt(clientX - currentTarget.getBoundingClientRect().left))}
        onPointerLeave={() => onRead(undefined)}
      >
        <svg className={classes.drawing} height={height} role="img" aria-label={summary}>
          {width > 0 && (
            <>
              {shape.up.map(({ value, y }) => (
                <g key={value}>
                  <line className={value === 0 ? classes.base : classes.grid} x1={margin.left} x2={width - margin.right} y1={y} y2={y} />
                  <text x={margin.left - 8} y={y + 4} textAnchor="end">
                    {tick(value)}
                  </text>
                </g>
              ))}
              {shape.across.map(({ at: time, x }) => (
                <text key={time.getTime()} x={x} y={height - 4} textAnchor={x > width - 18 ? "end" : "middle"}>
                  {clock(time)}
                </text>
              ))}
              <path className={classes.fill} d={shape.fill} />
              <path className={classes.outline} d={shape.outline} />
              {place && <line className={classes.cross} x1={place.x} x2={place.x} y1={margin.top} y2={height - margin.bottom} />}
              {place?.y !== undefined && <circle className={classes.dot} cx={place.x} cy={place.y} r={4.5} />}
            </>
          )}
        </svg>
        <input
          type="range"
          className={classes.reader}
          min={0}
          max={Math.max(0, steps.length - 1)}
          value={at}
          aria-label={`${title}, step by step`}
          aria-valuetext={steps[at] && `${clock(steps[at].at)}: ${words(steps[at].value)}`}
          onChange={(event) => onRead(Number(event.currentTarget.value))}
          onBlur={() => onRead(undefined)}
        />
      </div>
    </Paper>
  );
}

/** In the place of a chart that is on its way; as high as that. */
export function ChartWaiting({ title }: { title: string }) {
  return (
    <Paper p="lg" aria-busy="true">
      <Title order={3} fz="sm" fw={550}>
        {title}
      </Title>
      <Skeleton height={28} width={90} mt={8} mb={40} />
      <Skeleton height={height} />
    </Paper>
  );
}

const clock = (at: Date) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(at);
