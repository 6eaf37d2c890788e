import { InvalidArgumentError } from 'commander';

export function lun(text: string): number {
  const number = text === 'os' ? -1 : Number(text);
  if (Number.isInteger(number) && number >= -1 && number <= 63) return number;
  throw new InvalidArgumentError('A lun is a number from 0 to 63, or "os".');
}

export function dataLun(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 63) return number;
  throw new InvalidArgumentError('The lun of a data disk is a number from 0 to 63.');
}

/** A size in whole GiB, as Azure has them. */
export function gib(text: string): number {
  const [, number] = /^(\d{1,5})(?:GiB|GB|G)?$/i.exec(text) ?? [];
  if (number !== undefined && Number(number) >= 1 && Number(number) <= 65_536) return Number(number);
  throw new InvalidArgumentError('A size is a number of GiB, such as 64.');
}

export function groupName(text: string): string {
  if (/^[\w().-]{0,89}[\w()-]$/.test(text)) return text;
  throw new InvalidArgumentError('A resource group has 1 to 90 letters, digits, ".", "_", "-", "(" or ")".');
}
