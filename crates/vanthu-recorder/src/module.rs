//! The calls of PKCS #11 2.40: each is written down and handed on.
#![expect(
    unsafe_code,
    non_snake_case,
    reason = "the C interface of PKCS#11 modules, for tests only"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::sync::{Mutex, OnceLock, PoisonError};

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_BBOOL, CK_BYTE, CK_FLAGS, CK_FUNCTION_LIST, CK_INFO, CK_MECHANISM,
    CK_MECHANISM_INFO, CK_MECHANISM_TYPE, CK_NOTIFY, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE,
    CK_SESSION_INFO, CK_SLOT_ID, CK_SLOT_INFO, CK_TOKEN_INFO, CK_ULONG, CK_USER_TYPE, CK_UTF8CHAR,
    CKF_RW_SESSION, CKR_BUFFER_TOO_SMALL, CKR_DEVICE_REMOVED, CKR_FUNCTION_NOT_SUPPORTED, CKR_OK,
    CKR_SESSION_HANDLE_INVALID, CKR_TOKEN_NOT_PRESENT,
};

use crate::control::Rules;

/// The module that does the work; loaded at the first call and never let go.
static REAL: OnceLock<Option<CK_FUNCTION_LIST>> = OnceLock::new();
/// The slot and the serial number of each open session, and the sessions that died with their device.
static SESSIONS: Mutex<BTreeMap<CK_SESSION_HANDLE, String>> = Mutex::new(BTreeMap::new());
static DEAD: Mutex<BTreeSet<CK_SESSION_HANDLE>> = Mutex::new(BTreeSet::new());

fn real() -> Option<&'static CK_FUNCTION_LIST> {
    let load = || {
        let path = Rules::read().path("module")?;
        // SAFETY: a test names the module that it wants loaded.
        let library = unsafe { cryptoki_sys::Pkcs11::new(path) }.ok()?;
        let get_list = library.C_GetFunctionList.as_ref().ok()?;
        let mut list = std::ptr::null_mut();
        // SAFETY: the call writes one pointer to where it is told.
        let answered = unsafe { get_list(&raw mut list) };
        if answered != CKR_OK || list.is_null() {
            return None;
        }
        // SAFETY: not null, and valid as long as the library is loaded: it is never let go.
        let list = unsafe { *list };
        std::mem::forget(library);
        Some(list)
    };
    REAL.get_or_init(load).as_ref()
}

/// The serial number of the device in a slot, as the real module says it.
fn serial(slot: CK_SLOT_ID) -> Option<String> {
    let ask = real()?.C_GetTokenInfo?;
    let mut info = CK_TOKEN_INFO::default();
    // SAFETY: the structure lives through the call.
    let answered = unsafe { ask(slot, &raw mut info) };
    (answered == CKR_OK).then(|| {
        String::from_utf8_lossy(&info.serialNumber)
            .trim()
            .to_owned()
    })
}

/// A session whose device was pulled out is dead, also after the device is back.
fn lost(rules: &Rules, session: CK_SESSION_HANDLE) -> Option<CK_RV> {
    let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut dead = DEAD.lock().unwrap_or_else(PoisonError::into_inner);
    let is_out = |serial: &String| rules.hides(serial) || rules.renamed(serial).is_some();
    let gone: Vec<CK_SESSION_HANDLE> = sessions
        .iter()
        .filter(|(_, serial)| is_out(serial))
        .map(|(session, _)| *session)
        .collect();
    let was_here = gone.contains(&session);
    for one in gone {
        sessions.remove(&one);
        dead.insert(one);
        if let Some(close) = real().and_then(|it| it.C_CloseSession) {
            // SAFETY: a handle that the real module gave.
            let _closed = unsafe { close(one) };
        }
    }
    if was_here {
        return Some(CKR_DEVICE_REMOVED);
    }
    dead.contains(&session)
        .then_some(CKR_SESSION_HANDLE_INVALID)
}

/// Calls without a session.
macro_rules! without_session {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        unsafe extern "C" fn $name($($argument: $kind),*) -> CK_RV {
            if let Some(answer) = Rules::read().met(stringify!($name), "") {
                return answer;
            }
            match real().and_then(|it| it.$name) {
                // SAFETY: the arguments are the caller's, handed on as they came.
                Some(call) => unsafe { call($($argument),*) },
                None => CKR_FUNCTION_NOT_SUPPORTED,
            }
        }
    )*};
}

/// Calls in a session, which may be dead.
macro_rules! in_session {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        unsafe extern "C" fn $name(session: CK_SESSION_HANDLE $(, $argument: $kind)*) -> CK_RV {
            let rules = Rules::read();
            let answer = rules.met(stringify!($name), "");
            if let Some(answer) = answer.or_else(|| lost(&rules, session)) {
                return answer;
            }
            match real().and_then(|it| it.$name) {
                // SAFETY: the arguments are the caller's, handed on as they came.
                Some(call) => unsafe { call(session $(, $argument)*) },
                None => CKR_FUNCTION_NOT_SUPPORTED,
            }
        }
    )*};
}

without_session! {
    C_Initialize(a: *mut c_void);
    C_Finalize(a: *mut c_void);
    C_GetInfo(a: *mut CK_INFO);
    C_GetSlotInfo(a: CK_SLOT_ID, b: *mut CK_SLOT_INFO);
    C_GetMechanismList(a: CK_SLOT_ID, b: *mut CK_MECHANISM_TYPE, c: *mut CK_ULONG);
    C_GetMechanismInfo(a: CK_SLOT_ID, b: CK_MECHANISM_TYPE, c: *mut CK_MECHANISM_INFO);
    C_InitToken(a: CK_SLOT_ID, b: *mut CK_UTF8CHAR, c: CK_ULONG, d: *mut CK_UTF8CHAR);
    C_CloseAllSessions(a: CK_SLOT_ID);
    C_WaitForSlotEvent(a: CK_FLAGS, b: *mut CK_SLOT_ID, c: *mut c_void);
}

in_session! {
    C_InitPIN(a: *mut CK_UTF8CHAR, b: CK_ULONG);
    C_SetPIN(a: *mut CK_UTF8CHAR, b: CK_ULONG, c: *mut CK_UTF8CHAR, d: CK_ULONG);
    C_GetSessionInfo(a: *mut CK_SESSION_INFO);
    C_GetOperationState(a: *mut CK_BYTE, b: *mut CK_ULONG);
    C_SetOperationState(a: *mut CK_BYTE, b: CK_ULONG, c: CK_OBJECT_HANDLE, d: CK_OBJECT_HANDLE);
    C_Logout();
    C_CreateObject(a: *mut CK_ATTRIBUTE, b: CK_ULONG, c: *mut CK_OBJECT_HANDLE);
    C_CopyObject(a: CK_OBJECT_HANDLE, b: *mut CK_ATTRIBUTE, c: CK_ULONG, d: *mut CK_OBJECT_HANDLE);
    C_DestroyObject(a: CK_OBJECT_HANDLE);
    C_GetObjectSize(a: CK_OBJECT_HANDLE, b: *mut CK_ULONG);
    C_GetAttributeValue(a: CK_OBJECT_HANDLE, b: *mut CK_ATTRIBUTE, c: CK_ULONG);
    C_SetAttributeValue(a: CK_OBJECT_HANDLE, b: *mut CK_ATTRIBUTE, c: CK_ULONG);
    C_FindObjectsInit(a: *mut CK_ATTRIBUTE, b: CK_ULONG);
    C_FindObjects(a: *mut CK_OBJECT_HANDLE, b: CK_ULONG, c: *mut CK_ULONG);
    C_FindObjectsFinal();
    C_EncryptInit(a: *mut CK_MECHANISM, b: CK_OBJECT_HANDLE);
    C_Encrypt(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_EncryptUpdate(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_EncryptFinal(a: *mut CK_BYTE, b: *mut CK_ULONG);
    C_DecryptInit(a: *mut CK_MECHANISM, b: CK_OBJECT_HANDLE);
    C_Decrypt(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_DecryptUpdate(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_DecryptFinal(a: *mut CK_BYTE, b: *mut CK_ULONG);
    C_DigestInit(a: *mut CK_MECHANISM);
    C_Digest(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_DigestUpdate(a: *mut CK_BYTE, b: CK_ULONG);
    C_DigestKey(a: CK_OBJECT_HANDLE);
    C_DigestFinal(a: *mut CK_BYTE, b: *mut CK_ULONG);
    C_Sign(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_SignUpdate(a: *mut CK_BYTE, b: CK_ULONG);
    C_SignFinal(a: *mut CK_BYTE, b: *mut CK_ULONG);
    C_SignRecoverInit(a: *mut CK_MECHANISM, b: CK_OBJECT_HANDLE);
    C_SignRecover(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_VerifyInit(a: *mut CK_MECHANISM, b: CK_OBJECT_HANDLE);
    C_Verify(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: CK_ULONG);
    C_VerifyUpdate(a: *mut CK_BYTE, b: CK_ULONG);
    C_VerifyFinal(a: *mut CK_BYTE, b: CK_ULONG);
    C_VerifyRecoverInit(a: *mut CK_MECHANISM, b: CK_OBJECT_HANDLE);
    C_VerifyRecover(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_DigestEncryptUpdate(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_DecryptDigestUpdate(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_SignEncryptUpdate(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_DecryptVerifyUpdate(a: *mut CK_BYTE, b: CK_ULONG, c: *mut CK_BYTE, d: *mut CK_ULONG);
    C_GenerateKey(a: *mut CK_MECHANISM, b: *mut CK_ATTRIBUTE, c: CK_ULONG, d: *mut CK_OBJECT_HANDLE);
    C_GenerateKeyPair(a: *mut CK_MECHANISM, b: *mut CK_ATTRIBUTE, c: CK_ULONG, d: *mut CK_ATTRIBUTE, e: CK_ULONG, f: *mut CK_OBJECT_HANDLE, g: *mut CK_OBJECT_HANDLE);
    C_WrapKey(a: *mut CK_MECHANISM, b: CK_OBJECT_HANDLE, c: CK_OBJECT_HANDLE, d: *mut CK_BYTE, e: *mut CK_ULONG);
    C_UnwrapKey(a: *mut CK_MECHANISM, b: CK_OBJECT_HANDLE, c: *mut CK_BYTE, d: CK_ULONG, e: *mut CK_ATTRIBUTE, f: CK_ULONG, g: *mut CK_OBJECT_HANDLE);
    C_DeriveKey(a: *mut CK_MECHANISM, b: CK_OBJECT_HANDLE, c: *mut CK_ATTRIBUTE, d: CK_ULONG, e: *mut CK_OBJECT_HANDLE);
    C_SeedRandom(a: *mut CK_BYTE, b: CK_ULONG);
    C_GenerateRandom(a: *mut CK_BYTE, b: CK_ULONG);
    C_GetFunctionStatus();
    C_CancelFunction();
}

unsafe extern "C" fn C_GetSlotList(
    with_token: CK_BBOOL,
    list: *mut CK_SLOT_ID,
    count: *mut CK_ULONG,
) -> CK_RV {
    let rules = Rules::read();
    if let Some(answer) = rules.met("C_GetSlotList", "") {
        return answer;
    }
    let Some(ask) = real().and_then(|it| it.C_GetSlotList) else {
        return CKR_FUNCTION_NOT_SUPPORTED;
    };
    let mut all = vec![0; 64];
    let mut found: CK_ULONG = 64;
    // SAFETY: first the count alone, at which SoftHSM looks around, then a list with the room that is said.
    let answered = unsafe {
        let mut ignored = 0;
        let _looked = ask(with_token, std::ptr::null_mut(), &raw mut ignored);
        ask(with_token, all.as_mut_ptr(), &raw mut found)
    };
    if answered != CKR_OK {
        return answered;
    }
    all.truncate(usize::try_from(found).unwrap_or_default());
    all.retain(|slot| serial(*slot).is_none_or(|serial| !rules.hides(&serial)));
    // SAFETY: the caller's pointers, as the standard describes them; `list` has room for `count`.
    unsafe {
        let room = usize::try_from(*count).unwrap_or_default();
        *count = CK_ULONG::try_from(all.len()).unwrap_or_default();
        if list.is_null() {
            return CKR_OK;
        }
        if room < all.len() {
            return CKR_BUFFER_TOO_SMALL;
        }
        std::ptr::copy_nonoverlapping(all.as_ptr(), list, all.len());
    }
    CKR_OK
}

unsafe extern "C" fn C_GetTokenInfo(slot: CK_SLOT_ID, info: *mut CK_TOKEN_INFO) -> CK_RV {
    let rules = Rules::read();
    if let Some(answer) = rules.met("C_GetTokenInfo", "") {
        return answer;
    }
    let serial = serial(slot).unwrap_or_default();
    if rules.hides(&serial) {
        return CKR_TOKEN_NOT_PRESENT;
    }
    let Some(ask) = real().and_then(|it| it.C_GetTokenInfo) else {
        return CKR_FUNCTION_NOT_SUPPORTED;
    };
    // SAFETY: the caller's structure, filled by the real module and then changed in two fields.
    unsafe {
        let answered = ask(slot, info);
        if answered == CKR_OK {
            (*info).flags |= rules.flags(&serial);
            if let Some(other) = rules.renamed(&serial) {
                let mut padded = [b' '; 16];
                for (to, from) in padded.iter_mut().zip(other.bytes()) {
                    *to = from;
                }
                (*info).serialNumber = padded;
            }
        }
        answered
    }
}

unsafe extern "C" fn C_OpenSession(
    slot: CK_SLOT_ID,
    flags: CK_FLAGS,
    application: *mut c_void,
    notify: CK_NOTIFY,
    session: *mut CK_SESSION_HANDLE,
) -> CK_RV {
    let rules = Rules::read();
    let how = if flags & CKF_RW_SESSION == 0 {
        "read-only"
    } else {
        "read-write"
    };
    if let Some(answer) = rules.met("C_OpenSession", how) {
        return answer;
    }
    let serial = serial(slot).unwrap_or_default();
    if rules.hides(&serial) {
        return CKR_TOKEN_NOT_PRESENT;
    }
    let Some(open) = real().and_then(|it| it.C_OpenSession) else {
        return CKR_FUNCTION_NOT_SUPPORTED;
    };
    // SAFETY: the arguments are the caller's; the handle is read after the real module wrote it.
    unsafe {
        let answered = open(slot, flags, application, notify, session);
        if answered == CKR_OK && rules.renamed(&serial).is_none() {
            let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.insert(*session, serial);
            let mut dead = DEAD.lock().unwrap_or_else(PoisonError::into_inner);
            dead.remove(&*session);
        }
        answered
    }
}

unsafe extern "C" fn C_CloseSession(session: CK_SESSION_HANDLE) -> CK_RV {
    let rules = Rules::read();
    let answer = rules.met("C_CloseSession", "");
    if let Some(answer) = answer.or_else(|| lost(&rules, session)) {
        return answer;
    }
    SESSIONS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&session);
    match real().and_then(|it| it.C_CloseSession) {
        // SAFETY: the caller's handle.
        Some(close) => unsafe { close(session) },
        None => CKR_FUNCTION_NOT_SUPPORTED,
    }
}

unsafe extern "C" fn C_Login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut CK_UTF8CHAR,
    length: CK_ULONG,
) -> CK_RV {
    let rules = Rules::read();
    // The PIN itself is never written down.
    let answer = rules.met("C_Login", &format!("user {user}"));
    if let Some(answer) = answer.or_else(|| lost(&rules, session)) {
        return answer;
    }
    match real().and_then(|it| it.C_Login) {
        // SAFETY: the arguments are the caller's, handed on as they came.
        Some(login) => unsafe { login(session, user, pin, length) },
        None => CKR_FUNCTION_NOT_SUPPORTED,
    }
}

unsafe extern "C" fn C_SignInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let rules = Rules::read();
    // SAFETY: the caller's mechanism, which the standard wants readable.
    let kind = unsafe { mechanism.as_ref() }.map_or(0, |it| it.mechanism);
    let answer = rules.met("C_SignInit", &format!("mechanism {kind:#x}"));
    if let Some(answer) = answer.or_else(|| lost(&rules, session)) {
        return answer;
    }
    match real().and_then(|it| it.C_SignInit) {
        // SAFETY: the arguments are the caller's, handed on as they came.
        Some(init) => unsafe { init(session, mechanism, key) },
        None => CKR_FUNCTION_NOT_SUPPORTED,
    }
}

/// The one call by which a program finds all others.
///
/// # Safety
///
/// `list` is where a pointer can be written, or null.
#[unsafe(no_mangle)]
unsafe extern "C" fn C_GetFunctionList(list: *mut *mut CK_FUNCTION_LIST) -> CK_RV {
    static OWN: OnceLock<usize> = OnceLock::new();
    let own = OWN.get_or_init(|| Box::into_raw(Box::new(table())).expose_provenance());
    if list.is_null() {
        return CKR_FUNCTION_NOT_SUPPORTED;
    }
    // SAFETY: not null; the table lives as long as the process.
    unsafe { *list = std::ptr::with_exposed_provenance_mut(*own) };
    CKR_OK
}

fn table() -> CK_FUNCTION_LIST {
    CK_FUNCTION_LIST {
        version: cryptoki_sys::CK_VERSION {
            major: 2,
            minor: 40,
        },
        C_Initialize: Some(C_Initialize),
        C_Finalize: Some(C_Finalize),
        C_GetInfo: Some(C_GetInfo),
        C_GetFunctionList: Some(C_GetFunctionList),
        C_GetSlotList: Some(C_GetSlotList),
        C_GetSlotInfo: Some(C_GetSlotInfo),
        C_GetTokenInfo: Some(C_GetTokenInfo),
        C_GetMechanismList: Some(C_GetMechanismList),
        C_GetMechanismInfo: Some(C_GetMechanismInfo),
        C_InitToken: Some(C_InitToken),
        C_InitPIN: Some(C_InitPIN),
        C_SetPIN: Some(C_SetPIN),
        C_OpenSession: Some(C_OpenSession),
        C_CloseSession: Some(C_CloseSession),
        C_CloseAllSessions: Some(C_CloseAllSessions),
        C_GetSessionInfo: Some(C_GetSessionInfo),
        C_GetOperationState: Some(C_GetOperationState),
        C_SetOperationState: Some(C_SetOperationState),
        C_Login: Some(C_Login),
        C_Logout: Some(C_Logout),
        C_CreateObject: Some(C_CreateObject),
        C_CopyObject: Some(C_CopyObject),
        C_DestroyObject: Some(C_DestroyObject),
        C_GetObjectSize: Some(C_GetObjectSize),
        C_GetAttributeValue: Some(C_GetAttributeValue),
        C_SetAttributeValue: Some(C_SetAttributeValue),
        C_FindObjectsInit: Some(C_FindObjectsInit),
        C_FindObjects: Some(C_FindObjects),
        C_FindObjectsFinal: Some(C_FindObjectsFinal),
        C_EncryptInit: Some(C_EncryptInit),
        C_Encrypt: Some(C_Encrypt),
        C_EncryptUpdate: Some(C_EncryptUpdate),
        C_EncryptFinal: Some(C_EncryptFinal),
        C_DecryptInit: Some(C_DecryptInit),
        C_Decrypt: Some(C_Decrypt),
        C_DecryptUpdate: Some(C_DecryptUpdate),
        C_DecryptFinal: Some(C_DecryptFinal),
        C_DigestInit: Some(C_DigestInit),
        C_Digest: Some(C_Digest),
        C_DigestUpdate: Some(C_DigestUpdate),
        C_DigestKey: Some(C_DigestKey),
        C_DigestFinal: Some(C_DigestFinal),
        C_SignInit: Some(C_SignInit),
        C_Sign: Some(C_Sign),
        C_SignUpdate: Some(C_SignUpdate),
        C_SignFinal: Some(C_SignFinal),
        C_SignRecoverInit: Some(C_SignRecoverInit),
        C_SignRecover: Some(C_SignRecover),
        C_VerifyInit: Some(C_VerifyInit),
        C_Verify: Some(C_Verify),
        C_VerifyUpdate: Some(C_VerifyUpdate),
        C_VerifyFinal: Some(C_VerifyFinal),
        C_VerifyRecoverInit: Some(C_VerifyRecoverInit),
        C_VerifyRecover: Some(C_VerifyRecover),
        C_DigestEncryptUpdate: Some(C_DigestEncryptUpdate),
        C_DecryptDigestUpdate: Some(C_DecryptDigestUpdate),
        C_SignEncryptUpdate: Some(C_SignEncryptUpdate),
        C_DecryptVerifyUpdate: Some(C_DecryptVerifyUpdate),
        C_GenerateKey: Some(C_GenerateKey),
        C_GenerateKeyPair: Some(C_GenerateKeyPair),
        C_WrapKey: Some(C_WrapKey),
        C_UnwrapKey: Some(C_UnwrapKey),
        C_DeriveKey: Some(C_DeriveKey),
        C_SeedRandom: Some(C_SeedRandom),
        C_GenerateRandom: Some(C_GenerateRandom),
        C_GetFunctionStatus: Some(C_GetFunctionStatus),
        C_CancelFunction: Some(C_CancelFunction),
        C_WaitForSlotEvent: Some(C_WaitForSlotEvent),
    }
}
