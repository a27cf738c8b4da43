//! Permissions and attributes that a new file takes over from the file that it replaces.

use std::fs::File;
use std::io;

#[cfg(unix)]
pub(super) use unix::Attributes;

/// Elsewhere than on Unix a new file has what its directory gives it.
#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct Attributes;

#[cfg(not(unix))]
impl Attributes {
    pub(super) fn of(_: &File) -> io::Result<Self> {
        Ok(Attributes)
    }

    pub(super) fn carry_to(&self, _: &File) {}
}

#[cfg(unix)]
mod unix {
    use std::ffi::{OsStr, OsString};
    use std::fs::Permissions;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    use xattr::FileExt;

    use super::{File, io};

    /// The access control list, where Linux keeps it.
    const ACL: &str = "system.posix_acl_access";
    /// Bytes of attributes that are carried; a file system may have gigabytes of them.
    const ATTRIBUTES_MAX: usize = 1 << 20;

    /// Permissions, owner, access control list and extended attributes.
    #[derive(Debug)]
    pub(in super::super) struct Attributes {
        mode: u32,
        owner: u32,
        group: u32,
        acl: Option<Vec<u8>>,
        extended: Vec<(OsString, Vec<u8>)>,
    }

    impl Attributes {
        pub(in super::super) fn of(file: &File) -> io::Result<Self> {
            let metadata = file.metadata()?;
            // Most file systems without attributes say so here; none is no reason to refuse the file.
            let names = file.list_xattr().into_iter().flatten().filter(|name| is_carried(name));
            let extended = up_to(ATTRIBUTES_MAX, names.filter_map(|name| Some((file.get_xattr(&name).ok()??, name))));
            let acl = file.get_xattr(ACL).ok().flatten();
            let (mode, owner, group) = (metadata.mode() & 0o777, metadata.uid(), metadata.gid());
            Ok(Attributes { mode, owner, group, acl, extended })
        }

        /// Applies them to another file, as far as the system allows. If something cannot be kept, nobody gains access by that.
        pub(in super::super) fn carry_to(&self, file: &File) {
            for (name, value) in &self.extended {
                let _ = file.set_xattr(name, value);
            }
            let same_group = fchown(file, Some(self.owner), Some(self.group)).is_ok()
                // Only root can give a file away, but users can choose among their own groups.
                || fchown(file, None, Some(self.group)).is_ok();
            let has_list = drop_list(file);
            let mode = if has_list || self.acl.is_some() {
                // Permissions cannot say what a list says.
                only_owner(self.mode)
            } else if same_group {
                self.mode
            } else {
                in_common(self.mode)
            };
            let _ = file.set_permissions(Permissions::from_mode(mode));
            // A list comes after the permissions, which would change it.
            if let (Some(acl), true) = (&self.acl, same_group) {
                let _ = file.set_xattr(ACL, acl);
            }
        }
    }

    /// Removes the list that a new file has from its directory: permissions alone would not take back what it grants to others. Says
    /// whether it is still there.
    fn drop_list(file: &File) -> bool {
        let _ = file.remove_xattr(ACL);
        file.get_xattr(ACL).is_ok_and(|list| list.is_some())
    }

    /// Permissions of the owner alone. The group's are the most that a list grants to anybody named in it.
    fn only_owner(mode: u32) -> u32 {
        mode & 0o700
    }

    /// The first attributes, whose names and values have so many bytes in all.
    fn up_to(bytes: usize, attributes: impl Iterator<Item = (Vec<u8>, OsString)>) -> Vec<(OsString, Vec<u8>)> {
        let mut left = Some(bytes);
        let fits = attributes.map_while(|(value, name)| {
            left = left?.checked_sub(name.len() + value.len());
            left.map(|_| (name, value))
        });
        fits.collect()
    }

    /// Permissions for a file whose group is another one: the group and everybody else get what both had.
    fn in_common(mode: u32) -> u32 {
        let both = mode >> 3 & mode & 0o007;
        mode & 0o700 | both << 3 | both
    }

    /// Attributes that belong to the user. Others belong to the system, which gives a new file its own.
    fn is_carried(name: &OsStr) -> bool {
        cfg!(target_os = "macos") || name.as_bytes().starts_with(b"user.")
    }

    #[cfg(test)]
    mod tests {
        use super::{in_common, up_to};

        #[test]
        fn attributes_are_carried_as_long_as_all_of_them_are_short() {
            for (bytes, carried) in [(30, 3), (29, 2), (20, 2), (10, 1), (9, 0)] {
                let attributes = [("user.a", "four"), ("user.b", "four"), ("user.c", "four")];
                let given = attributes.map(|(name, value)| (value.into(), name.into()));
                let expected = attributes.map(|(name, value)| (name.into(), value.into()));
                assert_eq!(up_to(bytes, given.into_iter()), expected[..carried], "{bytes} bytes");
            }
        }

        #[test]
        fn another_group_gets_only_what_everybody_had() {
            let modes =
                [(0o640, 0o600), (0o664, 0o644), (0o600, 0o600), (0o755, 0o755), (0o770, 0o700), (0o604, 0o600)];
            for (mode, expected) in modes {
                assert_eq!(in_common(mode), expected, "{mode:o}");
            }
        }
    }
}
