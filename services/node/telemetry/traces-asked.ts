import { ConfigError } from '../../../core/config/config-error.ts';

/**
 * Whether an environment asks for traces, by the variables that OpenTelemetry has for it: an endpoint for OTLP switches them
 * on, `OTEL_SDK_DISABLED=true` and an `OTEL_TRACES_EXPORTER` that is not `otlp`, such as `none`, switch them off. What is empty counts as not set.
 *
 * @throws ConfigError when the endpoint is no URL of HTTP: the exporter would take another one.
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

/** The one for traces alone comes before the one for everything. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
