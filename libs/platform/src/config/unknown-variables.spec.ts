import { IsInt, IsOptional } from 'class-validator';
import { describeUnknownVariable, findUnknownVariables, variablesOf } from './unknown-variables.js';

class Settings {
  @IsInt()
  HUB_RATE_LIMIT: number = 5;

  @IsOptional()
  @IsInt()
  HUB_PORT?: number;
}

const KNOWN = {
  names: [...variablesOf(Settings), 'REFRESH_AHEAD_SECONDS', 'REFRESH_IDLE_HOURS', 'DATABASE_URL'],
  prefixes: ['HUB_', 'REFRESH_', 'DATABASE_'],
};
const find = (...names: string[]) =>
  findUnknownVariables(Object.fromEntries(names.map((name) => [name, 'a-value'])), KNOWN);

describe('the variables of a class of settings', () => {
  it('are all that it has a rule for, with a default or without, each once', () => {
    expect(variablesOf(Settings).sort()).toEqual(['HUB_PORT', 'HUB_RATE_LIMIT']);
  });
});

describe('a variable that the program does not read', () => {
  it.each([
    ['HUB_RATELIMIT', 'HUB_RATE_LIMIT'],
    ['HUB_RATE_LIMITS', 'HUB_RATE_LIMIT'],
    ['HUB_RATE_LIMTI', 'HUB_RATE_LIMIT'],
    ['hub_rate_limit', 'HUB_RATE_LIMIT'],
    ['HUB-RATE-LIMIT', 'HUB_RATE_LIMIT'],
    ['HUB_LIMIT', undefined],
    ['HUP_RATE_LIMIT', 'HUB_RATE_LIMIT'],
    ['REFRESH_AHEAD', undefined],
    ['REFRESH_AHEAD_SECS', 'REFRESH_AHEAD_SECONDS'],
    ['REFRSH_IDLE_HOURS', 'REFRESH_IDLE_HOURS'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['HUB_COLOUR_OF_THE_SKY', undefined],
  ])('is found by its name: %s, which may mean %s', (name, meant) => {
    expect(find(name)).toEqual([meant === undefined ? { name } : { name, meant }]);
  });

  it('is left alone where its name is none of ours', () => {
    expect(
      find('PATH', 'HOME', 'npm_config_hub', 'TEST_DATABASE_URL', 'DATA', 'PORT', 'GITHUB_RATE'),
    ).toEqual([]);
  });

  it('is left alone where an orchestrator sets it for a service that is called like a prefix', () => {
    const set = ['SERVICE_HOST', 'SERVICE_PORT', 'SERVICE_PORT_HTTP', 'PORT_3000_TCP', 'PORT_3000_TCP_ADDR'];
    expect(find(...set.map((name) => `HUB_${name}`))).toEqual([]);
  });

  it('is reported without its value', () => {
    const texts = find('HUB_RATELIMIT', 'HUB_COLOUR').map(describeUnknownVariable);
    expect(texts).toEqual([
      'environment variable HUB_COLOUR is not known',
      'environment variable HUB_RATELIMIT is not known: HUB_RATE_LIMIT may be meant',
    ]);
  });
});
