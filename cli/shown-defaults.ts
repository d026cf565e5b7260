import { Help, type HelpConfiguration, type Option } from 'commander';

/** How the help of a command describes an option: with its default as a user would write it, and without one that says nothing. */
export const SHOWN_DEFAULTS: HelpConfiguration = {
  optionDescription(option: Option): string {
    return Help.prototype.optionDescription.call(new Help(), withShownDefault(option));
  },
};

const withShownDefault = (option: Option): Option => {
  if (option.defaultValueDescription !== undefined) return option;
  const value: unknown = option.defaultValue;
  const shown = Object.assign(Object.create(Object.getPrototypeOf(option)) as Option, option);
  if (value === false || (Array.isArray(value) && value.length === 0)) shown.defaultValue = undefined;
  else if (Array.isArray(value)) shown.defaultValueDescription = value.join(',');
  else if (typeof value === 'string') shown.defaultValueDescription = value;
  return shown;
};
