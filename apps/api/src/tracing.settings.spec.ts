import { SettingError } from './settings.js';
import { tracingSettings } from './tracing.settings.js';

const {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: headers,
  OTEL_TRACES_SAMPLER_ARG: ratio,
} = tracingSettings;

describe('the settings of tracing', () => {
  it.each([
    ['http://collector:4318', 'http://collector:4318/v1/traces'],
    ['http://collector:4318/', 'http://collector:4318/v1/traces'],
    ['https://collector.example/otlp', 'https://collector.example/otlp/v1/traces'],
  ])('put the path of traces below %s', (given, meant) => {
    expect(endpoint.parse(given)).toBe(meant);
  });

  it.each(['collector:4318', 'grpc://collector:4317', 'http://a:b@c', 'http://a/?key=b'])(
    'refuse to send traces to %s',
    (given) => {
      expect(() => endpoint.parse(given)).toThrow(SettingError);
    },
  );

  it('read headers as the specification writes them', () => {
    expect(headers.parse('Authorization=Basic%20YTpi==, x-team = pay')).toEqual({
      ...{ authorization: 'Basic YTpi==', 'x-team': 'pay' },
    });
    for (const wrong of ['a', 'a=', '=b', 'a b=c', 'a=%', 'a=%0d%0a', 'a=b,']) {
      expect(() => headers.parse(wrong)).toThrow(SettingError);
    }
  });

  it('read the part of traces that is kept', () => {
    expect(['0', '1', '0.25', '.5', '1.0'].map((text) => ratio.parse(text))).toEqual([
      0, 1, 0.25, 0.5, 1,
    ]);
    for (const wrong of ['-1', '1.5', '2', '1e-3', '10%', 'half']) {
      expect(() => ratio.parse(wrong)).toThrow(SettingError);
    }
  });
});
