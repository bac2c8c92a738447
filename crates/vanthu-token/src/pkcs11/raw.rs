//! The two calls for which the safe interface has no form: a login whose PIN is read where it is locked in memory, and the
//! single-part end of a signature after a login for that very signature (`CKA_ALWAYS_AUTHENTICATE`).
//!
//! The only unsafe code of the programs. Whoever loads a module trusts it with the whole process anyway.
#![expect(unsafe_code, reason = "the C interface of PKCS#11 modules")]

use std::path::Path;

use cryptoki::context::Function;
use cryptoki::error::{Error, Result, Rv};
use cryptoki::session::{Session, UserType};
use cryptoki_sys::{
    CK_FUNCTION_LIST, CK_RV, CK_SESSION_HANDLE, CK_ULONG, CK_USER_TYPE, CKR_BUFFER_TOO_SMALL,
    CKU_CONTEXT_SPECIFIC, CKU_USER,
};

use crate::Pin;

/// Room for a signature of RSA with 8192 bits.
const USUAL_BYTES: usize = 1024;

type Login = unsafe extern "C" fn(CK_SESSION_HANDLE, CK_USER_TYPE, *mut u8, CK_ULONG) -> CK_RV;
type Sign =
    unsafe extern "C" fn(CK_SESSION_HANDLE, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG) -> CK_RV;

/// The calls of one module.
pub(super) struct Raw {
    login: Login,
    sign: Sign,
    /// Keeps the module loaded as long as its calls are held.
    _library: cryptoki_sys::Pkcs11,
}

impl Raw {
    /// The calls of the module in this file; the safe interface has loaded it already.
    pub(super) fn of(path: &Path) -> Result<Self> {
        // SAFETY: loading runs the module's own code, which is what a module is loaded for; the same file was loaded
        // by the safe interface, so that this only counts up.
        let library = unsafe { cryptoki_sys::Pkcs11::new(path) }.map_err(Error::LibraryLoading)?;
        let Ok(get_list) = library.C_GetFunctionList.as_ref() else {
            return Err(Error::MissingSymbol("C_GetFunctionList"));
        };
        let mut list: *mut CK_FUNCTION_LIST = std::ptr::null_mut();
        // SAFETY: the call writes one pointer to where it is told; it lives on this stack.
        let answered = unsafe { get_list(&raw mut list) };
        Rv::from(answered).into_result(Function::GetFunctionList)?;
        if list.is_null() {
            return Err(Error::NullFunctionPointer);
        }
        // SAFETY: not null, and the standard says that the list stays as long as the module does. The structure is
        // copied whole, because it is packed on some systems.
        let list = unsafe { list.read_unaligned() };
        Ok(Self {
            login: list.C_Login.ok_or(Error::NullFunctionPointer)?,
            sign: list.C_Sign.ok_or(Error::NullFunctionPointer)?,
            _library: library,
        })
    }

    /// Logs in. The PIN is read from its locked page.
    pub(super) fn login(&self, session: &Session, user: UserType, pin: &Pin) -> Result<()> {
        let user = match user {
            UserType::ContextSpecific => CKU_CONTEXT_SPECIFIC,
            _ => CKU_USER,
        };
        let text = pin.reveal();
        // SAFETY: the pointer and the length are those of a text that lives through the call; the standard lets the
        // module only read it, although its type does not say so.
        let answered = unsafe {
            (self.login)(
                session.handle(),
                user,
                text.as_ptr().cast_mut(),
                text.len().try_into()?,
            )
        };
        Rv::from(answered).into_result(Function::Login)
    }

    /// Ends the signature that was begun in the session.
    pub(super) fn sign(&self, session: &Session, input: &[u8]) -> Result<Vec<u8>> {
        let mut value = vec![0; USUAL_BYTES];
        let mut length: CK_ULONG = value.len().try_into()?;
        let mut answered = self.sign_into(session, input, &mut value, &mut length)?;
        if answered == CKR_BUFFER_TOO_SMALL {
            // The signature is still begun, and the length is told (PKCS #11 2.40, 5.2).
            value = vec![0; length.try_into()?];
            answered = self.sign_into(session, input, &mut value, &mut length)?;
        }
        Rv::from(answered).into_result(Function::Sign)?;
        value.truncate(length.try_into()?);
        Ok(value)
    }

    fn sign_into(
        &self,
        session: &Session,
        input: &[u8],
        value: &mut [u8],
        length: &mut CK_ULONG,
    ) -> Result<CK_RV> {
        let input_length = input.len().try_into()?;
        // SAFETY: the input is only read; the value has the room that `length` says, and both live through the call.
        Ok(unsafe {
            (self.sign)(
                session.handle(),
                input.as_ptr().cast_mut(),
                input_length,
                value.as_mut_ptr(),
                std::ptr::from_mut(length),
            )
        })
    }
}
