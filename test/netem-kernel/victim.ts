import { NetemShaper } from '../../netem/shaping/tc/io/netem-shaper.ts';
import type { ShapingPlan } from '../../netem/shaping/tc/shaping-plan.ts';

/** Shapes its namespace by the plan it is given, and waits to be killed. */
const plan = JSON.parse(process.argv[2]!) as ShapingPlan;
const shaper = await NetemShaper.attach(plan);
const state = { up: true, delayUs: 100_000, jitterUs: 0, lossRate: 0, rateKbps: 0 };
await shaper.apply(new Map(plan.classes.map(({ link }) => [link, state])));
console.log('ready');
