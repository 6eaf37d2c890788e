import { HostError } from '../basics/errors';

type Check = (value: string) => boolean;

const GUID = /^(\{|\()?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(\}|\))?$/i;
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const PLAIN: Record<string, Check> = {
  int: (value) => INTEGER.test(value) && within(value, 32),
  long: (value) => INTEGER.test(value) && within(value, 64),
  bool: (value) => /^(true|false)$/i.test(value),
  decimal: (value) => NUMBER.test(value),
  double: (value) => NUMBER.test(value),
  float: (value) => NUMBER.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  guid: (value) => GUID.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  required: (value) => value !== '',
};

const WITH_ARGUMENT: Record<string, (argument: string) => Check> = {
  min: (argument) => (value) => INTEGER.test(value) && Number(value) >= Number(argument),
  max: (argument) => (value) => INTEGER.test(value) && Number(value) <= Number(argument),
  range: (argument) => {
    const [least, most] = argument.split(',').map(Number);
    return (value) => INTEGER.test(value) && Number(value) >= (least ?? 0) && Number(value) <= (most ?? 0);
  },
  minlength: (argument) => (value) => value.length >= Number(argument),
  maxlength: (argument) => (value) => value.length <= Number(argument),
  length: (argument) => {
    const [least, most = least] = argument.split(',').map(Number);
    return (value) => value.length >= (least ?? 0) && value.length <= (most ?? 0);
  },
  regex: (argument) => {
    // Doubled braces and backslashes are how a template escapes them.
    const expression = new RegExp(
      argument.replaceAll('{{', '{').replaceAll('}}', '}').replaceAll('\\\\', '\\'),
      'i',
    );
    return (value) => expression.test(value);
  },
};

/**
 * The check that a route constraint stands for, for example `int` or `length(1,5)`.
 * @throws HostError when there is no such constraint.
 */
export function constraint(text: string, template: string): Check {
  const [, name = '', argument] = /^(\w+)(?:\((.*)\))?$/.exec(text) ?? [];
  const check =
    argument === undefined ? PLAIN[name.toLowerCase()] : WITH_ARGUMENT[name.toLowerCase()]?.(argument);
  if (!check) {
    throw new HostError(
      `The route "${template}" has an unknown constraint "${text}".`,
      'Use one of ASP.NET routing.',
    );
  }
  return check;
}

function within(value: string, bits: number): boolean {
  const number = BigInt(value);
  return BigInt.asIntN(bits, number) === number;
}
