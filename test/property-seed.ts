/*
 * Property tests draw other cases in each run, and name the seed of one that fails. With `FAST_CHECK_SEED` they draw those of that seed: CI
 * does, so that it is red for what was changed and not for a case that nobody has met before, and so can anybody who looks for what it met.
 *
 * Lists are as long as their `maxLength` allows. By default they have about five entries whatever it is: then a model test of a hundred steps
 * takes five, in which no queue fills.
 */
const seed = Number(process.env.FAST_CHECK_SEED || Number.NaN);
(await import('fast-check')).default.configureGlobal({
  ...(!Number.isNaN(seed) && { seed }),
  defaultSizeToMaxWhenMaxSpecified: true,
});
