//! The ledger (sổ nhật ký): the closed list of acts that can be recorded, and the chain of hashes.
//!
//! Every act is one entry, written in the transaction that does it. An entry's hash covers the hash
//! before it, so that nothing can be changed, removed or put in between without being found.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::moment::Moment;

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// Everything that can be recorded. A word once used is never used for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Act {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl Act {
            /// Every act.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stored word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What the timeline says, in Vietnamese.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

acts! {
    /// The installation was made.
    InstallationMade = "installation-made", "Khởi tạo hệ thống";
    /// A list of trust anchors was installed.
    AnchorsImported = "anchors-imported", "Cập nhật danh sách điểm tin cậy";
    /// The key that signs the ledger's checkpoints was made.
    LedgerKeyMade = "ledger-key-made", "Tạo khóa ký điểm chốt của sổ nhật ký";
    /// Another key signs the ledger's checkpoints from this entry on.
    LedgerKeyReplaced = "ledger-key-replaced", "Thay khóa ký điểm chốt của sổ nhật ký";
    /// A person signed in.
    SignedIn = "signed-in", "Đăng nhập";
    /// A sign-in was refused.
    SignInRefused = "sign-in-refused", "Từ chối đăng nhập";
    /// A person signed out.
    SignedOut = "signed-out", "Đăng xuất";
    /// A password was changed.
    PasswordChanged = "password-changed", "Đổi mật khẩu";
    /// An account was made.
    AccountMade = "account-made", "Tạo tài khoản";
    /// An account was refused, as with a free mail address.
    AccountRefused = "account-refused", "Từ chối tạo tài khoản";
    /// An account was locked and all its sessions ended.
    AccountLocked = "account-locked", "Khóa tài khoản";
    /// An account was unlocked.
    AccountUnlocked = "account-unlocked", "Mở khóa tài khoản";
    /// One session was ended by its owner or an administrator.
    SessionEnded = "session-ended", "Kết thúc phiên đăng nhập";
    /// A text or file was refused because it is marked as a state secret; nothing of it is kept.
    SecretRefused = "secret-refused", "Từ chối nội dung có dấu hiệu bí mật nhà nước";
    /// A draft was begun.
    DraftStarted = "draft-started", "Tạo dự thảo";
    /// A draft was saved as a version.
    DraftSaved = "draft-saved", "Lưu phiên bản dự thảo";
    /// A finished PDF was put in the place of a typeset body.
    DraftUploaded = "draft-uploaded", "Tải lên văn bản PDF";
    /// A file was attached.
    FileAttached = "file-attached", "Đính kèm tệp";
    /// An attached file was taken off.
    FileRemoved = "file-removed", "Bỏ tệp đính kèm";
    /// The drafter submitted it.
    Submitted = "submitted", "Trình văn bản";
    /// The drafter took it back.
    TakenBack = "taken-back", "Rút trình";
    /// The head of the unit approved it.
    Approved = "approved", "Duyệt nội dung";
    /// It was returned to the drafter.
    ReturnedToDrafter = "returned-to-drafter", "Trả lại người soạn thảo";
    /// Somebody gave an opinion.
    Commented = "commented", "Cho ý kiến";
    /// A draft was given up.
    Withdrawn = "withdrawn", "Hủy dự thảo";
    /// Who is to sign a document opened it.
    OpenedToSign = "opened-to-sign", "Mở xem văn bản trình ký";
    /// A signing session was opened.
    SigningOpened = "signing-opened", "Mở phiên ký số";
    /// A signing session ended without a signature.
    SigningFailed = "signing-failed", "Phiên ký số không thành";
    /// The clerk confirmed a batch that the device at the server signs.
    SealConfirmed = "seal-confirmed", "Xác nhận lô đóng dấu bằng thiết bị tại máy chủ";
    /// The password that was to confirm a batch was wrong.
    SealConfirmationRefused = "seal-confirmation-refused", "Từ chối xác nhận lô đóng dấu";
    /// It was tried what the government's signing tool on a person's machine can do.
    SigningToolTried = "signing-tool-tried", "Thử công cụ ký số của Ban Cơ yếu";
    /// A person found out what became of a request for signatures whose end was not known.
    SigningSettled = "signing-settled", "Kết luận về yêu cầu ký chưa rõ kết quả";
    /// A key that a service holds was linked to an account.
    CredentialLinked = "credential-linked", "Thêm khóa ở dịch vụ ký số";
    /// A key was not linked: its certificate is not this person's.
    CredentialRefused = "credential-refused", "Từ chối khóa ở dịch vụ ký số";
    /// A key was taken off an account.
    CredentialRemoved = "credential-removed", "Bỏ khóa ở dịch vụ ký số";
    /// A person asked for a pairing with the agent on their machine.
    AgentOffered = "agent-offered", "Mở ghép máy ký";
    /// An agent was paired with the account.
    AgentPaired = "agent-paired", "Ghép máy ký";
    /// A pairing ended, at the agent, at the server or with the account.
    AgentUnpaired = "agent-unpaired", "Bỏ ghép máy ký";
    /// An agent told what "check my signing machine" found.
    AgentChecked = "agent-checked", "Kiểm tra máy ký";
    /// The file that an agent was given isn't what it was to sign.
    SigningMismatch = "signing-mismatch", "Nội dung đưa ký không khớp";
    /// The authorised person's signature stands.
    Signed = "signed", "Người có thẩm quyền ký số";
    /// A number was given.
    NumberGiven = "number-given", "Cấp số";
    /// A number was made void.
    NumberVoided = "number-voided", "Hủy số";
    /// The agency's signature stands.
    Sealed = "sealed", "Ký số của cơ quan";
    /// It was issued.
    Issued = "issued", "Phát hành";
    /// A delivery moved on.
    DeliveryMoved = "delivery-moved", "Trạng thái nơi nhận";
    /// A document arrived.
    Arrived = "arrived", "Văn bản đến";
    /// A document that had arrived was examined.
    Checked = "checked", "Kiểm tra chữ ký số";
    /// It was accepted.
    Accepted = "accepted", "Tiếp nhận";
    /// It was returned to its sender.
    ReturnedToSender = "returned-to-sender", "Trả lại nơi gửi";
    /// It was entered in the register.
    Registered = "registered", "Vào sổ văn bản đến";
    /// It was presented to the leader.
    Presented = "presented", "Trình lãnh đạo";
    /// The leader directed it.
    Directed = "directed", "Bút phê, chuyển xử lý";
    /// A line was passed on within a unit.
    LineAssigned = "line-assigned", "Phân công xử lý";
    /// A line was taken up.
    LineStarted = "line-started", "Bắt đầu xử lý";
    /// A line for information was read.
    LineRead = "line-read", "Đã đọc";
    /// A line was finished.
    LineFinished = "line-finished", "Xử lý xong";
    /// A line was given back.
    LineReturned = "line-returned", "Trả lại việc";
    /// A line was taken back.
    LineTakenBack = "line-taken-back", "Lấy lại việc";
    /// More time was asked for.
    ExtensionAsked = "extension-asked", "Đề nghị gia hạn";
    /// More time was granted or refused.
    ExtensionDecided = "extension-decided", "Quyết định gia hạn";
    /// The incoming document is finished.
    Completed = "completed", "Hoàn thành xử lý";
    /// A register was printed.
    RegisterPrinted = "register-printed", "In sổ đăng ký";
    /// A list was taken out as a file.
    ListExported = "list-exported", "Xuất danh mục";
    /// A person kept a list's filters under a name.
    ViewSaved = "view-saved", "Lưu bộ lọc";
    /// A person changed a kept list: its name, its filters, whether it opens first.
    ViewChanged = "view-changed", "Sửa bộ lọc đã lưu";
    /// A person gave a kept list up.
    ViewDeleted = "view-deleted", "Xóa bộ lọc đã lưu";
    /// A job that was given up was started again.
    JobRestarted = "job-restarted", "Chạy lại việc nền";
    /// A key device was entered in the record.
    DeviceRecorded = "device-recorded", "Ghi nhận thiết bị lưu khóa";
    /// The holder asked to take a device out of the office.
    OutsideAsked = "outside-asked", "Xin mang thiết bị ra ngoài cơ quan";
    /// The head permitted it.
    OutsideGranted = "outside-granted", "Cho phép mang thiết bị ra ngoài cơ quan";
    /// The head refused it.
    OutsideRefused = "outside-refused", "Không cho phép mang thiết bị ra ngoài cơ quan";
    /// The holder no longer asks for it.
    OutsideEnded = "outside-ended", "Rút đề nghị mang thiết bị ra ngoài cơ quan";
    /// The holder took the device out.
    DeviceTakenOut = "device-taken-out", "Mang thiết bị ra ngoài cơ quan";
    /// The device is back in the office.
    DeviceBroughtBack = "device-brought-back", "Mang thiết bị về cơ quan";
    /// A device was seen to be locked after wrong PINs.
    DeviceLocked = "device-locked", "Thiết bị bị khóa sau khi nhập sai mã PIN";
    /// The holder asked to have a locked device restored.
    RestoreAsked = "restore-asked", "Đề nghị khôi phục thiết bị bị khóa";
    /// A locked device was restored.
    DeviceRestored = "device-restored", "Khôi phục thiết bị bị khóa";
    /// A key is suspected; its certificates are suspended.
    KeySuspected = "key-suspected", "Báo nghi lộ, mất khóa; tạm dừng chứng thư";
    /// The request to revoke a certificate was started.
    RevocationStarted = "revocation-started", "Khởi tạo đề nghị thu hồi chứng thư";
    /// Somebody else lifted the suspension.
    SuspensionLifted = "suspension-lifted", "Bỏ tạm dừng chứng thư";
    /// Something was found about the use of keys.
    FindingRecorded = "finding-recorded", "Ghi nhận phát hiện";
    /// Somebody looks into a finding.
    FindingLookedAt = "finding-looked-at", "Xem xét phát hiện";
    /// A finding was closed with a conclusion.
    FindingClosed = "finding-closed", "Kết luận phát hiện";
    /// The addresses of the agency's offices were set.
    NetworksSet = "networks-set", "Khai báo mạng của cơ quan";
    /// A document's file was opened.
    FileOpened = "file-opened", "Xem tệp văn bản";
}

/// One entry, before the store gives it its place in the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// The account that acted; none where the system itself did.
    pub account_id: Option<String>,
    /// The person.
    pub person_id: Option<String>,
    /// The agency for which it was done.
    pub agency_id: Option<String>,
    /// What was done.
    pub act: Act,
    /// To what, by its identifier.
    pub object_id: String,
    /// Other objects whose timeline shows it.
    pub about: Vec<String>,
    /// What else should be known: words, numbers, digests; never a secret, never content.
    pub data: Value,
}

/// The hash that an installation's first entry follows.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Entry {
    /// The entry's hash in hexadecimal: SHA-256 over the previous hash, the place in the chain, and
    /// each field with its length before it, so that no two entries read the same.
    ///
    /// Clause: TG-5.1
    pub fn hash(&self, seq: i64, previous: &str) -> String {
        let mut hasher = Sha256::new();
        let mut field = |text: &str| {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        };
        field("vanthu-ledger-1");
        field(previous);
        field(&seq.to_string());
        field(&self.at.unix_micros().to_string());
        field(self.account_id.as_deref().unwrap_or(""));
        field(self.person_id.as_deref().unwrap_or(""));
        field(self.agency_id.as_deref().unwrap_or(""));
        field(self.act.code());
        field(&self.object_id);
        field(&self.about.len().to_string());
        for object in &self.about {
            field(object);
        }
        field(&self.data.to_string());
        hex::encode(hasher.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            at: Moment::from_unix_seconds(1_795_300_000),
            account_id: Some("acc_1".to_owned()),
            person_id: None,
            agency_id: Some("agc_1".to_owned()),
            act: Act::Signed,
            object_id: "out_1".to_owned(),
            about: vec!["sgn_1".to_owned()],
            data: serde_json::json!({"digest": "00"}),
        }
    }

    /// Proves: TG-5.1
    #[test]
    fn every_field_of_an_entry_counts_in_its_hash() {
        let base = entry().hash(1, GENESIS);
        let changed = [
            Entry {
                at: Moment::from_unix_seconds(1),
                ..entry()
            },
            Entry {
                account_id: None,
                ..entry()
            },
            Entry {
                person_id: Some("per_1".to_owned()),
                ..entry()
            },
            Entry {
                agency_id: None,
                ..entry()
            },
            Entry {
                act: Act::Sealed,
                ..entry()
            },
            Entry {
                object_id: "out_2".to_owned(),
                ..entry()
            },
            Entry {
                about: vec![],
                ..entry()
            },
            Entry {
                data: serde_json::json!({"digest": "01"}),
                ..entry()
            },
        ];
        for other in changed {
            assert_ne!(other.hash(1, GENESIS), base, "{other:?}");
        }
        assert_ne!(entry().hash(2, GENESIS), base);
        assert_ne!(entry().hash(1, &base), base);
        assert_eq!(entry().hash(1, GENESIS), base);
    }

    #[test]
    fn every_act_has_a_label_of_its_own() {
        let mut labels: Vec<_> = Act::ALL.iter().map(|act| act.text()).collect();
        for label in &labels {
            let first = label.chars().next().unwrap();
            assert!(first.is_uppercase() && !label.ends_with('.'), "{label}");
            assert!(label.trim().chars().count() >= 5, "{label}");
        }
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), Act::ALL.len(), "two acts read alike");
    }

    #[test]
    fn no_two_acts_share_a_word() {
        let mut words: Vec<_> = Act::ALL.iter().map(|a| a.code()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Act::ALL.len());
    }
}
