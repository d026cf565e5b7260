import { ConfigError } from '../../../core/config/config-error.ts';

/**
 * Whether an environment asks for traces, by the variables of OpenTelemetry. An OTLP endpoint switches traces on.
 * `OTEL_SDK_DISABLED=true` switches them off, and so does an `OTEL_TRACES_EXPORTER` other than `otlp`, such as `none`. An
 * empty variable counts as not set.
 *
 * @throws ConfigError when the endpoint is not an HTTP URL, because the exporter would then use another endpoint.
 */
export const tracesAsked = (environment: Readonly<Record<string, string | undefined>>): boolean => {
  const value = (name: string): string => environment[name]?.trim() ?? '';
  if (value('OTEL_SDK_DISABLED').toLowerCase() === 'true') return false;
  if (!['', 'otlp'].includes(value('OTEL_TRACES_EXPORTER').toLowerCase())) return false;
  const name = ENDPOINTS.find((endpoint) => value(endpoint) !== '');
  if (name === undefined) return false;
  if (!/^https?:$/.test(URL.parse(value(name))?.protocol ?? '')) {
    throw new ConfigError(name, `is ${value(name)}, must be a URL such as http://127.0.0.1:4318`);
  }
  return true;
};

/** The variable for traces has precedence over the one for all signals. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
