// What a host does in Thunderbird 153, through the functions that its dialogs and views call.
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
const { CalEvent } = ChromeUtils.importESModule("resource:///modules/CalEvent.sys.mjs");

const EVENTS = Ci.calICalendar.ITEM_FILTER_TYPE_EVENT;

// Under Marionette passwords are not remembered unless asked for, and every request would ask the user.
async function detect(location, [login, password]) {
  Services.prefs.setBoolPref("signon.rememberSignons", true);
  await cal.auth.passwordManagerSave(login, password, location, "Daybook");
  const others = types => [...types].filter(type => type != "caldav");
  const found = await cal.provider.detection.detect(login, password, location, false, [others], {});
  return [...found.values()].flat();
}

function subscribed() {
  return cal.manager.getCalendars().find(calendar => calendar.type == "caldav");
}

// Resolves when the next synchronisation has ended.
function synchronised(calendar) {
  return new Promise(resolve => {
    const ignored = ["onStartBatch", "onEndBatch", "onAddItem", "onModifyItem", "onDeleteItem", "onError"];
    const observer = Object.fromEntries(
      [...ignored, "onPropertyChanged", "onPropertyDeleting"].map(name => [name, () => {}])
    );
    observer.QueryInterface = ChromeUtils.generateQI(["calIObserver"]);
    observer.onLoad = () => {
      calendar.removeObserver(observer);
      resolve();
    };
    calendar.addObserver(observer);
  });
}

function moment(seconds) {
  const moment = cal.createDateTime();
  moment.nativeTime = seconds * 1e6;
  return moment;
}

async function change(uid, changes) {
  const item = await subscribed().getItem(uid);
  const changed = item.clone();
  changes(changed);
  await window.doTransaction("modify", changed, item.calendar, item, null);
}

async function refreshed() {
  const calendar = subscribed();
  const ended = synchronised(calendar);
  calendar.refresh();
  await ended;
  return calendar;
}

// The occurrence that a series has at an instant, wherever it takes place by now.
async function occurrenceOf(uid, original) {
  const series = await subscribed().getItem(uid);
  const id = moment(original).getInTimezone(series.startDate.timezone);
  return series.recurrenceInfo.getOccurrenceFor(id);
}

const actions = {
  async calendars() {
    return (await detect(location, account)).map(calendar => calendar.uri.filePath);
  },

  async subscribe(path) {
    const found = await detect(location, account);
    const calendar = found.find(calendar => calendar.uri.filePath == path);
    calendar.setProperty("cache.enabled", true);
    cal.manager.registerCalendar(calendar);
    await synchronised(subscribed());
  },

  async shown() {
    const calendar = await refreshed();
    const items = await calendar.getItemsAsArray(EVENTS, 0, null, null);
    return items.map(item => ({
      uid: item.id,
      title: item.title,
      start: item.startDate.nativeTime / 1e6,
      end: item.endDate.nativeTime / 1e6,
    }));
  },

  // Every occurrence between two instants, as the views show them.
  async occurrences(uid, first, last) {
    const calendar = await refreshed();
    const wanted = EVENTS | Ci.calICalendar.ITEM_FILTER_CLASS_OCCURRENCES;
    const items = await calendar.getItemsAsArray(wanted, 0, moment(first), moment(last));
    return items
      .filter(item => item.id == uid)
      .map(item => [item.startDate.nativeTime / 1e6, item.endDate.nativeTime / 1e6]);
  },

  // As dragging one occurrence does.
  async moveOccurrence(uid, original, start, end) {
    const occurrence = await occurrenceOf(uid, original);
    const moved = occurrence.clone();
    moved.startDate = moment(start).getInTimezone(occurrence.startDate.timezone);
    moved.endDate = moment(end).getInTimezone(occurrence.endDate.timezone);
    await window.doTransaction("modify", moved, moved.calendar, occurrence, null);
  },

  // As deleting one occurrence does, and not its series.
  async deleteOccurrence(uid, original) {
    const { parentItem, recurrenceId } = await occurrenceOf(uid, original);
    const changed = parentItem.clone();
    changed.recurrenceInfo.removeOccurrenceAt(recurrenceId);
    await window.doTransaction("modify", changed, changed.calendar, parentItem, null);
  },

  async add(title, start, end) {
    const item = new CalEvent();
    item.id = cal.getUUID();
    item.title = title;
    item.startDate = moment(start).getInTimezone(cal.dtz.defaultTimezone);
    item.endDate = moment(end).getInTimezone(cal.dtz.defaultTimezone);
    await window.doTransaction("add", item, subscribed(), null, null);
  },

  async move(uid, start, end) {
    await change(uid, item => {
      item.startDate = moment(start).getInTimezone(item.startDate.timezone);
      item.endDate = moment(end).getInTimezone(item.endDate.timezone);
    });
  },

  async rename(uid, title) {
    await change(uid, item => {
      item.title = title;
    });
  },

  async delete(uid) {
    const item = await subscribed().getItem(uid);
    await window.doTransaction("delete", item, item.calendar, null, null);
  },
};

const [location, account, action, ...given] = values;
return actions[action](...given);
