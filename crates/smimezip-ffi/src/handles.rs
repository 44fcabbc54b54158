//! Which handles are alive, of which type, and who is using them. With it a NULL, freed or wrong
//! handle is an error and not undefined behaviour; so is a call that would disturb another one; and
//! freeing a handle inside a callback waits until the call that uses it has returned.
//!
//! A handle's address is kept inverted, so that leak detectors do not take this table for its user.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Failure;

/// What is given to C programs as a pointer.
pub(crate) trait Handle: 'static {
    /// Its name in messages.
    const NAME: &'static str;
}

struct Entry {
    kind: TypeId,
    users: Users,
    /// Freed while in use: goes with its last user.
    doomed: bool,
    /// A call on it panicked: its state is not known.
    dead: bool,
    drop: unsafe fn(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Users {
    Shared(u32),
    Exclusive,
}

/// A table for each of some groups of addresses, so that threads seldom wait for each other.
static LIVE: [Mutex<BTreeMap<usize, Entry>>; 16] = [const { Mutex::new(BTreeMap::new()) }; 16];

fn table(address: usize) -> MutexGuard<'static, BTreeMap<usize, Entry>> {
    LIVE[(address >> 6) % LIVE.len()].lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hands a value out.
pub(crate) fn publish<T: Handle>(value: T) -> *mut T {
    unsafe fn drop_box<T>(address: usize) {
        // SAFETY: the address is that of a box made by `publish::<T>`, and its entry is gone.
        drop(unsafe { Box::from_raw(address as *mut T) });
    }
    let pointer = Box::into_raw(Box::new(value));
    let address = pointer.expose_provenance();
    let entry = Entry {
        kind: TypeId::of::<T>(),
        users: Users::Shared(0),
        doomed: false,
        dead: false,
        drop: drop_box::<T>,
    };
    table(address).insert(!address, entry);
    pointer
}

/// Takes a value back. Of what is no living handle of that type, nothing is taken.
pub(crate) fn release<T: Handle>(pointer: *mut T) {
    let address = pointer.addr();
    let mut table = table(address);
    let Some(entry) = table.get_mut(&!address).filter(|it| it.kind == TypeId::of::<T>()) else {
        return;
    };
    if entry.users != Users::Shared(0) {
        entry.doomed = true;
        return;
    }
    let drop = entry.drop;
    table.remove(&!address);
    std::mem::drop(table);
    // SAFETY: the entry was there, so the box is; it is taken once, as the entry is gone now.
    unsafe { drop(address) };
}

/// A handle in use.
struct Using<T> {
    pointer: *mut T,
    marker: PhantomData<T>,
}

impl<T: Handle> Using<T> {
    fn begin(pointer: *const T, exclusive: bool) -> Result<Self, Failure> {
        if pointer.is_null() {
            return Err(Failure::argument(format!("{} is NULL", T::NAME)));
        }
        let address = pointer.addr();
        let mut table = table(address);
        let Some(entry) = table
            .get_mut(&!address)
            .filter(|entry| entry.kind == TypeId::of::<T>() && !entry.doomed)
        else {
            return Err(Failure::argument(format!("not a {}, or freed already", T::NAME)));
        };
        if entry.dead {
            return Err(Failure::internal(format!("{} is unusable after a bug", T::NAME)));
        }
        entry.users = match (entry.users, exclusive) {
            (Users::Shared(0), true) => Users::Exclusive,
            (Users::Shared(count), false) => Users::Shared(count + 1),
            _ => return Err(Failure::busy(T::NAME)),
        };
        Ok(Self { pointer: pointer.cast_mut(), marker: PhantomData })
    }
}

impl<T> Drop for Using<T> {
    fn drop(&mut self) {
        let address = self.pointer.addr();
        let mut table = table(address);
        let Some(entry) = table.get_mut(&!address) else { return };
        entry.dead |= std::thread::panicking();
        entry.users = match entry.users {
            Users::Shared(count) => Users::Shared(count.saturating_sub(1)),
            Users::Exclusive => Users::Shared(0),
        };
        if entry.doomed && entry.users == Users::Shared(0) {
            let drop = entry.drop;
            table.remove(&!address);
            std::mem::drop(table);
            // SAFETY: as in `release`; this was the last user.
            unsafe { drop(address) };
        }
    }
}

/// A handle that other calls may read at the same time.
pub(crate) struct Shared<T>(Using<T>);

/// A handle that no other call uses meanwhile.
pub(crate) struct Exclusive<T>(Using<T>);

/// The handle behind a `const` pointer.
pub(crate) fn shared<T: Handle + Sync>(pointer: *const T) -> Result<Shared<T>, Failure> {
    Using::begin(pointer, false).map(Shared)
}

/// The handle behind a `const` pointer, which may be NULL.
pub(crate) fn shared_or_none<T: Handle + Sync>(
    pointer: *const T,
) -> Result<Option<Shared<T>>, Failure> {
    if pointer.is_null() { Ok(None) } else { shared(pointer).map(Some) }
}

/// The handle behind a pointer that is not `const`.
pub(crate) fn exclusive<T: Handle + Send>(pointer: *mut T) -> Result<Exclusive<T>, Failure> {
    Using::begin(pointer, true).map(Exclusive)
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the table says that it is alive and of this type, and keeps it while `self` is;
        // nobody has it exclusively.
        unsafe { &*self.0.pointer }
    }
}

impl<T> Deref for Exclusive<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: as below.
        unsafe { &*self.0.pointer }
    }
}

impl<T> DerefMut for Exclusive<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the table says that it is alive and of this type, and has no other user.
        unsafe { &mut *self.0.pointer }
    }
}
