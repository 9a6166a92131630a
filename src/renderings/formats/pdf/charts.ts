import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { StatementModel } from '../../rules/statement-model.js';

use([BarChart, GridComponent, LegendComponent, SVGRenderer]);

export const CHART_WIDTH = 515;
export const CHART_HEIGHT = 112;

/** Units of a picture, largest first, by their bytes. */
const UNITS: [string, bigint][] = [
  ['PB', 10n ** 15n],
  ['TB', 10n ** 12n],
  ['GB', 10n ** 9n],
  ['MB', 10n ** 6n],
  ['B', 1n],
];

const COLOURS = ['#1f3a5f', '#d98032'];

type Flow = 'aToB' | 'bToA';

/** A drawing, and the unit that its axis is in. */
export interface Chart {
  svg: string;
  unit: string;
}

/** The settled traffic of each day, by direction. */
export function trafficChart(model: StatementModel): Chart {
  return chart(model, (day, flow) => BigInt(day.flows[flow].settled));
}

/** How much more than the receiver the sender measured each day, by direction; below 0 where it was less. */
export function differenceChart(model: StatementModel): Chart {
  return chart(model, (day, flow) => BigInt(day.flows[flow].sender) - BigInt(day.flows[flow].receiver));
}

function chart(
  { days, parties }: StatementModel,
  bytesOf: (day: StatementModel['days'][number], flow: Flow) => bigint,
): Chart {
  const series = (['aToB', 'bToA'] as const).map((flow) => ({
    name: flow === 'aToB' ? arrow(parties.A.code, parties.B.code) : arrow(parties.B.code, parties.A.code),
    bytes: days.map((day) => bytesOf(day, flow)),
  }));
  const largest = series
    .flatMap(({ bytes }) => bytes)
    .reduce((a, b) => (magnitude(b) > a ? magnitude(b) : a), 0n);
  const [unit, size] = UNITS.find(([, bytes]) => largest >= bytes) ?? UNITS.at(-1)!;
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: CHART_WIDTH, height: CHART_HEIGHT });
  try {
    drawing.setOption({
      animation: false,
      color: COLOURS,
      textStyle: { fontFamily: 'latin', fontSize: 8 },
      legend: { top: 0, itemWidth: 10, itemHeight: 8, textStyle: { fontFamily: 'latin', fontSize: 8 } },
      grid: { left: 50, right: 8, top: 24, bottom: 20 },
      xAxis: {
        type: 'category',
        data: days.map(({ date }) => date.slice(8)),
        axisLabel: { fontSize: 7, fontFamily: 'latin', interval: 0 },
        axisLine: { onZero: false },
      },
      yAxis: { type: 'value', axisLabel: { fontSize: 7, fontFamily: 'latin' } },
      series: series.map(({ name, bytes }) => ({
        type: 'bar' as const,
        name,
        // A picture shows three digits of it; figures stand in the tables.
        data: bytes.map((each) => Number((each * 1000n) / size) / 1000),
        barGap: '10%',
      })),
    });
    return { svg: drawing.renderToSVGString(), unit };
  } finally {
    drawing.dispose();
  }
}

/** Short enough for two of them to stand side by side above the drawing, whatever the codes. */
function arrow(from: string, to: string): string {
  const short = (code: string): string => (code.length > 20 ? `${code.slice(0, 19)}…` : code);
  return `${short(from)} to ${short(to)}`;
}

function magnitude(bytes: bigint): bigint {
  return bytes < 0n ? -bytes : bytes;
}
