import { z } from 'zod';
import { PRESET_NAMES } from './presets.ts';

const shellSchema = z.strictObject({
  altitudeKm: z.number().min(160).max(2000).describe('Altitude above the equatorial radius, in km.'),
  inclinationDeg: z.number().min(0).max(180).describe('Inclination in degrees.'),
  planes: z.int().min(1).max(1000).describe('Orbital planes.'),
  satellitesPerPlane: z.int().min(1).max(1000).describe('Satellites in each plane.'),
  phasing: z.int().min(0).default(1).describe('Walker phasing F: how far each plane is ahead of the one to its west.'),
  raanSpreadDeg: z
    .union([z.literal(180), z.literal(360)])
    .default(360)
    .describe(
      'Angle over which the ascending nodes are spread, in degrees: 360 for a Walker delta, 180 for a polar star.',
    ),
  lasers: z.boolean().default(true).describe('Whether lasers link its satellites.'),
});

/** The satellites: a preset, own shells, or elements of real ones. */
export const constellationSchema = z
  .strictObject({
    preset: z.enum(PRESET_NAMES).default('starlink-s1').describe('Name of a built-in constellation.'),
    shells: z.array(shellSchema).min(1).optional().describe('Shells of your own, instead of the preset.'),
    tle: z
      .string()
      .optional()
      .describe('Text of elements (TLE, 3LE, or OMM as CSV or JSON), instead of the preset. They have no lasers.'),
    elementsFile: z.string().min(1).max(400).optional().describe('A file with such a text, found beside the scenario.'),
    parity: z
      .enum(['none', 'hypatia'])
      .default('none')
      .describe('"hypatia" reproduces that simulator with its errors; "none" is the physical model.'),
    phasing: z.int().min(0).optional().describe("Walker phasing F of every shell, instead of the preset's."),
    elevationMaskDeg: z
      .number()
      .min(0)
      .max(89)
      .default(25)
      .describe('Lowest elevation at which a satellite is used, in degrees. Parity mode has its own rule.'),
    lasers: z
      .boolean()
      .default(true)
      .describe('false removes the lasers: laser paths then go up and down over gateway stations.'),
    choice: z
      .enum(['held', 'shortest'])
      .default('held')
      .describe(
        '"held": a terminal keeps its satellite for a 15 s slot; "shortest": each step uses the shortest path (parity mode always does).',
      ),
  })
  .superRefine((config, context) => {
    const clash = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if (config.shells !== undefined && config.tle !== undefined) clash('tle', 'excludes shells: give one of the two');
    if (config.shells !== undefined && config.elementsFile !== undefined)
      clash('elementsFile', 'excludes shells: give one of the two');
    if (config.tle !== undefined && config.elementsFile !== undefined)
      clash('elementsFile', 'excludes tle: give one of the two');
    if (config.tle !== undefined && !/^\s*[[{]|\S\s*\n\s*\S/.test(config.tle))
      clash('tle', 'is one line; expected the text of elements, or elementsFile for the name of a file');
    if (config.parity === 'none') return;
    if (config.shells !== undefined) clash('shells', 'have no parity mode: name a preset');
    if (config.tle !== undefined) clash('tle', 'has no parity mode: name a preset');
    if (config.elementsFile !== undefined) clash('elementsFile', 'has no parity mode: name a preset');
    if (config.phasing !== undefined) clash('phasing', 'has no meaning in parity mode');
  });

export type ConstellationConfig = z.output<typeof constellationSchema>;

/** Whether paths take the shortest way of each instant, instead of satellites that are held for a slot. */
export const takesShortest = ({ choice, parity }: Pick<ConstellationConfig, 'choice' | 'parity'>): boolean =>
  choice === 'shortest' || parity === 'hypatia';
