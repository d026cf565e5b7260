import { suggestion } from '../core/config/nearest.ts';
import type { Config } from '../core/config/read-config.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import type { ScenarioConfig } from './schema.ts';

/**
 * Checks that a node with `decodesAt` names another one that decodes for itself, serves the same models, and lays out its KV cache in
 * the same way; and that a cable can lie between the two. Throws `ConfigError` with the place of the first mistake.
 */
export const checkHandOver = (config: Config<ScenarioConfig>): void => {
  const { nodes, sites } = config.value;
  for (const [name, node] of Object.entries(nodes)) {
    const { decodesAt: other } = node;
    if (other === undefined) {
      if (node.transfer === undefined) continue;
      throw config.mistake(
        ['nodes', name, 'transfer'],
        'is given without decodesAt; expected decodesAt, or no such key',
      );
    }
    const mistake = (message: string): Error =>
      config.mistake(['nodes', name, 'decodesAt'], `is "${other}", ${message}`);
    if (other === name) throw mistake('which is the node itself; expected another node');
    if (!Object.hasOwn(nodes, other)) {
      const others = Object.keys(nodes).filter((key) => key !== name);
      throw mistake(`which is no key of nodes; ${suggestion(other, others)}`);
    }
    const decode = nodes[other]!;
    if (decode.decodesAt !== undefined) {
      throw mistake(`which decodes at "${decode.decodesAt}" itself; expected a node without decodesAt`);
    }
    const [mine, theirs] = [kvLayoutOf(node, name), kvLayoutOf(decode, other)];
    if (mine === null || theirs === null) {
      throw mistake(
        `but the profile of "${mine === null ? name : other}" has no model; expected the same model at both`,
      );
    }
    if (mine !== theirs) throw mistake(`which has ${theirs}, not ${mine}; expected the same model at both`);
    if (modelNames(node.models) !== modelNames(decode.models)) {
      throw mistake(
        `which serves ${modelNames(decode.models)}, not ${modelNames(node.models)}; expected the same models`,
      );
    }
    const inOrbit = [node.site, decode.site].find((site) => sites[site]!.satellite !== undefined);
    if (node.site !== decode.site && inOrbit !== undefined) {
      throw mistake(`but site "${inOrbit}" is in orbit; expected two sites on the ground, or one site`);
    }
  }
};

const kvLayoutOf = (node: ScenarioConfig['nodes'][string], name: string): string | null => {
  const { model } = engineOptionsOf(node, `nodes.${name}`).profile;
  return model && `${model.layers} layers of ${model.hiddenSize} with ${model.kvBytesPerToken} KV bytes a token`;
};

const modelNames = (models: readonly string[] | undefined): string =>
  models === undefined ? 'any model' : models.toSorted().join(', ');
