import type { NodeView, Rule, Subject } from '../subject';
import type { WorkflowNode } from '../../workflow';
import { linesOf } from './connections';

/** Sizes of n8n's canvas, in pixels. */
const GRID = 16;
const NODE = 96;
/** The label is twice as wide as the node and stands below it: two lines of name, one of subtitle. */
const LABEL_WIDTH = 192;
const LABEL_HEIGHT = 72;
const STICKY_WIDTH = 240;
const STICKY_HEIGHT = 160;

interface Box {
  name: string;
  left: number;
  top: number;
  right: number;
  bottom: number;
}
interface Point {
  x: number;
  y: number;
}
interface DrawnLine {
  source: NodeView;
  target: NodeView;
  from: Point;
  to: Point;
}

export const hasStickyNote: Rule = ({ stickyNotes }) =>
  stickyNotes.some(({ parameters }) => String(parameters.content ?? '').trim() !== '')
    ? []
    : [
        {
          reason: 'no sticky note explains it',
          advice: 'Add one that says what it does, what it needs, and what to check when it stops.',
        },
      ];

export const onGrid: Rule = ({ workflow }) =>
  workflow.nodes
    .filter(({ position }) => position.some((coordinate) => coordinate % GRID !== 0))
    .map(({ name }) => ({
      node: name,
      reason: `it stands beside the canvas's grid of ${GRID} pixels`,
      advice: 'Move it in the editor; it snaps to the grid.',
    }));

export const noOverlaps: Rule = (subject) => {
  const boxes = [...subject.nodes.map(labelledBox), ...subject.stickyNotes.map(stickyBox)];
  return boxes.flatMap((box, index) =>
    boxes
      .slice(index + 1)
      .filter((other) => overlap(box, other))
      .map((other) => ({
        node: box.name,
        reason: `it overlaps "${other.name}" on the canvas, labels included`,
        advice: 'Move one of them in the editor.',
      })),
  );
};

export const flowsLeftToRight: Rule = (subject) =>
  drawnLines(subject)
    .filter(({ from, to }) => to.x < from.x)
    .map(({ source, target }) => ({
      node: source.name,
      reason: `the line to "${target.name}" leads back to the left`,
      advice: `Move "${target.name}" to the right of it.`,
    }));

export const noCrossingLines: Rule = (subject) => {
  const lines = drawnLines(subject);
  const stickyBoxes = subject.stickyNotes.map(stickyBox);
  const crossings = lines.flatMap((line, index) =>
    lines
      .slice(index + 1)
      .filter((other) => cross(line, other))
      .map(
        (other) =>
          `the line to "${line.target.name}" crosses the one from "${other.source.name}" to "${other.target.name}"`,
      )
      .map((reason) => ({ node: line.source.name, reason })),
  );
  const hidden = lines.flatMap((line) => {
    const others = subject.nodes.filter((node) => node !== line.source && node !== line.target).map(nodeBox);
    return [...others, ...stickyBoxes]
      .filter((box) => runsThrough(line, box))
      .map((box) => ({
        node: line.source.name,
        reason: `the line to "${line.target.name}" runs behind "${box.name}"`,
      }));
  });
  return [...crossings, ...hidden].map((finding) => ({
    ...finding,
    advice: 'Move the nodes in the editor.',
  }));
};

/** All lines but those that close a loop: these n8n leads back around the nodes. */
function drawnLines(subject: Subject): DrawnLine[] {
  const byName = new Map(subject.nodes.map((node) => [node.name, node]));
  const lines = linesOf(subject);
  return lines.flatMap(({ source, output, target, input }) => {
    const [from, to] = [byName.get(source), byName.get(target)];
    if (!from || !to || (to.position[0] < from.position[0] && leadsTo(lines, target, source))) return [];
    return [
      {
        source: from,
        target: to,
        from: { x: from.position[0] + NODE, y: handleHeight(from, from.outputs.length, output) },
        to: { x: to.position[0], y: handleHeight(to, to.inputs.length, input) },
      },
    ];
  });
}

function leadsTo(lines: ReturnType<typeof linesOf>, start: string, end: string): boolean {
  const reached = new Set([start]);
  // A set goes on through what is added to it on the way.
  for (const name of reached) {
    for (const { source, target } of lines) if (source === name) reached.add(target);
  }
  return reached.has(end);
}

/** Handles are spread evenly over a side of the node. */
function handleHeight(node: NodeView, handles: number, index: number): number {
  return node.position[1] + (nodeHeight(node) * (index + 1)) / (Math.max(handles, index + 1) + 1);
}

/** From three handles on a side, a node grows. */
function nodeHeight({ inputs, outputs }: NodeView): number {
  return NODE + Math.max(0, inputs.length - 2, outputs.length - 2) * GRID;
}

function nodeBox(node: NodeView): Box {
  const [left, top] = node.position;
  return { name: node.name, left, top, right: left + NODE, bottom: top + nodeHeight(node) };
}

function labelledBox(node: NodeView): Box {
  const box = nodeBox(node);
  const margin = (LABEL_WIDTH - NODE) / 2;
  return {
    ...box,
    left: box.left - margin,
    right: box.right + margin,
    bottom: box.bottom + LABEL_HEIGHT,
  };
}

function stickyBox({ name, position, parameters }: WorkflowNode): Box {
  const [left, top] = position;
  const right = left + Number(parameters.width ?? STICKY_WIDTH);
  return { name, left, top, right, bottom: top + Number(parameters.height ?? STICKY_HEIGHT) };
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** Which side of the line from `a` to `b` the point `c` is on: positive, negative, or 0 on it. */
function side(a: Point, b: Point, c: Point): number {
  return Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
}

/** Whether two lines meet between their ends; lines that share an end do not cross. */
function cross(one: Pick<DrawnLine, 'from' | 'to'>, other: Pick<DrawnLine, 'from' | 'to'>): boolean {
  return (
    side(one.from, one.to, other.from) * side(one.from, one.to, other.to) < 0 &&
    side(other.from, other.to, one.from) * side(other.from, other.to, one.to) < 0
  );
}

function runsThrough(line: DrawnLine, { left, top, right, bottom }: Box): boolean {
  const corners = [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ] as const;
  const diagonals = [
    { from: corners[0], to: corners[2] },
    { from: corners[1], to: corners[3] },
  ];
  return diagonals.some((diagonal) => cross(line, diagonal));
}
