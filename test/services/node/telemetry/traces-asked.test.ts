import { expect, test } from 'vitest';
import { ConfigError } from '../../../../core/config/config-error.ts';
import { tracesAsked } from '../../../../services/node/telemetry/traces-asked.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

test.each([
  ['no OpenTelemetry variable', {}, false],
  ['only a service name', { OTEL_SERVICE_NAME: 'x' }, false],
  ['an endpoint for all signals', endpoint, true],
  ['an endpoint for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
  ['an endpoint for metrics', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://collector:4318' }, false],
  // Compose passes unset variables as empty ones.
  ['empty endpoints', { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ' ' }, false],
  ['an endpoint, but no exporter of traces', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }, false],
  ['an endpoint, but another exporter of traces', { ...endpoint, OTEL_TRACES_EXPORTER: 'Console' }, false],
  ['an endpoint, but no SDK', { ...endpoint, OTEL_SDK_DISABLED: 'True' }, false],
  ['an endpoint, and the SDK', { ...endpoint, OTEL_SDK_DISABLED: 'false', OTEL_TRACES_EXPORTER: 'otlp' }, true],
])('an environment with %s: %o', (_, environment, asked) => {
  expect(tracesAsked(environment)).toBe(asked);
});

test.each(['collector', 'collector:4317', 'grpc://collector:4317'])(
  '%s is not a valid endpoint, and the error names the variable',
  (wrong) => {
    expect(() => tracesAsked({ OTEL_EXPORTER_OTLP_ENDPOINT: wrong })).toThrow(
      new ConfigError('OTEL_EXPORTER_OTLP_ENDPOINT', `is ${wrong}, must be a URL such as http://127.0.0.1:4318`),
    );
    expect(tracesAsked({ OTEL_EXPORTER_OTLP_ENDPOINT: wrong, OTEL_SDK_DISABLED: 'true' })).toBe(false);
    expect(tracesAsked({ OTEL_EXPORTER_OTLP_ENDPOINT: wrong, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a' })).toBe(
      true,
    );
  },
);
