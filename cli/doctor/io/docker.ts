import { type DockerFacts, dockerFactsOf } from '../docker-facts.ts';
import { commandOutcome } from './ask.ts';

/** Asks the engine that the docker command uses, by its context or DOCKER_HOST. */
export const dockerFacts = async (timeoutMs: number): Promise<DockerFacts> => {
  const format = ['--format', '{{json .}}'];
  const [version, info] = await Promise.all([
    commandOutcome('docker', ['version', ...format], timeoutMs),
    commandOutcome('docker', ['info', ...format], timeoutMs),
  ]);
  return dockerFactsOf(version, info);
};

/** The version that the Compose plugin reports, which needs no engine; empty when there is no plugin. */
export const composeVersion = async (timeoutMs: number): Promise<string> => {
  const outcome = await commandOutcome('docker', ['compose', 'version', '--short'], timeoutMs);
  if (outcome.kind === 'late') throw new Error(`no answer within ${timeoutMs / 1000} s`);
  return outcome.kind === 'ended' && outcome.code === 0 ? outcome.out.trim() : '';
};
