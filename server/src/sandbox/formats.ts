/** Whether a value of `format` is held against; all other formats only tell people what is meant. */
export const isCheckedFormat = (format: unknown): boolean => typeof format === "string" && Object.hasOwn(formats, format);

/**
 * The formats that have one short rule which every writer keeps to. Each costs time in proportion to the text, which is bounded first:
 * no regular expression here may go back over what it has read.
 */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  // RFC 3339, section 5.6.
  "date-time": (text) => text.length <= 64 && isDateTime(text),
  date: (text) => text.length === 10 && isDate(text),
  // RFC 9562, section 4.
  uuid: (text) => text.length === 36 && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  ipv4: (text) => text.length <= 15 && /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text),
};

function isDateTime(text: string): boolean {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))$/.exec(text);
  if (!parts) return false;
  const [, date = "", hour, minute, second, offsetHour = 0, offsetMinute = 0] = parts;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return false;
  // A leap second stands where the offset puts it; that it is possible is enough.
  return isDate(date) && Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
}

function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}
