import { scaleLinear, scaleTime } from "d3-scale";
import { area, line } from "d3-shape";

/** A step of time and what was measured in it; no value where there was nothing to measure. */
export interface Step {
  readonly at: Date;
  readonly value: number | undefined;
}

interface Field {
  readonly steps: readonly Step[];
  readonly to: Date;
  /** The top of the chart is at least here, so that next to nothing looks like next to nothing. */
  readonly topMin: number;
  /** The top is never above this. */
  readonly topMax: number;
  readonly width: number;
  readonly height: number;
}

/** Room around the drawing, for the words at its axes. */
export const margin = { left: 52, right: 8, top: 8, bottom: 22 };

/** Where everything of a chart is drawn, in pixels. Each step is as wide as it is long: a value is not true of a moment alone. */
export function shapeOf({ steps, to, topMin, topMax, width, height }: Field) {
  const from = steps[0]?.at ?? to;
  const x = scaleTime()
    .domain([from, to])
    .range([margin.left, Math.max(margin.left + 1, width - margin.right)]);
  const top = Math.max(topMin, ...steps.map(({ value = 0 }) => value));
  const y = scaleLinear()
    .domain([0, top])
    .nice(3)
    .range([height - margin.bottom, margin.top]);
  if ((y.domain()[1] ?? 0) > topMax) y.domain([0, topMax]);

  const edges = steps.flatMap(({ at, value }, index) => [
    { x: x(at), value },
    { x: x(steps[index + 1]?.at ?? to), value },
  ]);
  // A value beside nothing stands on the ground, or a single one would be a dash in the air.
  const outlined = steps.flatMap(({ value }, index): Edge[] => {
    const [left, right] = [edges[index * 2]?.x ?? 0, edges[index * 2 + 1]?.x ?? 0];
    const before = index > 0 && steps[index - 1]?.value === undefined ? [{ x: left, value: 0 }] : [];
    const after = index < steps.length - 1 && steps[index + 1]?.value === undefined ? [{ x: right, value: 0 }] : [];
    return value === undefined ? [{ x: left, value }] : [...before, { x: left, value }, { x: right, value }, ...after];
  });
  const isDefined = ({ value }: Edge) => value !== undefined;
  const height0 = y(0);
  return {
    fill:
      area<Edge>(
        ({ x: across }) => across,
        height0,
        ({ value = 0 }) => y(value),
      ).defined(isDefined)(edges) ?? "",
    outline:
      line<Edge>(
        ({ x: across }) => across,
        ({ value = 0 }) => y(value),
      ).defined(isDefined)(outlined) ?? "",
    across: x.ticks(Math.max(2, Math.floor(width / 84))).map((at) => ({ at, x: x(at) })),
    up: y.ticks(3).map((value) => ({ value, y: y(value) })),
    /** The middle of a step, and the height of its value. */
    place: (index: number) => {
      const step = steps[index];
      const left = edges[index * 2]?.x ?? 0;
      const right = edges[index * 2 + 1]?.x ?? left;
      return { x: (left + right) / 2, y: step?.value === undefined ? undefined : y(step.value) };
    },
    /** Which step is at so many pixels from the left. */
    stepAt: (across: number) => {
      const found = edges.findIndex((edge, index) => index % 2 === 1 && edge.x >= across);
      return found < 0 ? steps.length - 1 : (found - 1) / 2;
    },
  };
}

interface Edge {
  readonly x: number;
  readonly value: number | undefined;
}
