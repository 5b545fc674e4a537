using System.Collections.Generic;
using System.Linq;
using BootDepot.DiskImages.Identify;
using BootDepot.Images;

namespace BootDepot.DiskImages.Check;

/// <summary>Compares what an upload was declared to be with what its bytes are.</summary>
public static class DeclaredType
{
    /// <summary>
    /// The verdict. With <paramref name="force"/> a contradiction is accepted with its fault as a warning.
    /// An image that would make a tool read other files stays refused.
    /// </summary>
    /// <param name="declared">The file type given by the uploader.</param>
    /// <param name="architecture">The architecture given, or null when it plays no part.</param>
    /// <param name="found">What was found.</param>
    /// <param name="force">Whether the uploader insists.</param>
    public static TypeVerdict Check(FileType declared, Architecture? architecture, Identification found, bool force)
    {
        var warnings = new List<Fault>(found.Warnings);
        if (ArchitectureWarningOrNull(architecture, found) is { } mismatch)
            warnings.Add(mismatch);
        if (found.UploadType == declared)
            return new TypeVerdict.Accepted(warnings);

        var fault = found.RefusalOrNull;
        var canForce = fault?.Code is null or FaultCodes.Damaged or FaultCodes.Truncated or FaultCodes.NestedTooDeep;
        if (fault is null)
        {
            if (NothingKnown(declared, found.Found))
            {
                return new TypeVerdict.Unknown(
                    new Fault(
                        FaultCodes.NotRecognised,
                        $"The content was not recognised ({found.Found.Describe()}); it is taken for {declared.UploadName ?? declared.Name} because you say so."
                    )
                );
            }

            fault = new Fault(FaultCodes.TypeMismatch, Mismatch(declared, found));
        }

        if (force && canForce)
            return new TypeVerdict.Accepted([fault, .. warnings]);
        return new TypeVerdict.Refused(fault, found.UploadType, canForce);
    }

    // Unknown content inside the containers that the type demands does not contradict it; other containers do.
    private static bool NothingKnown(FileType declared, Found found)
    {
        var form = Form.Of(declared);
        if (form is null)
            return found.Innermost is UnknownFound { IsForeign: false } or ScriptFound;
        var at = found;
        if (form.Compression is { } compression)
        {
            if (at is not CompressedFound packed)
                return at is UnknownFound { Reason: "no bytes" };
            if (packed.Compression != compression)
                return false;
            at = packed.Inner;
        }

        if (form.IsTar && at is TarFound tar)
            return tar.Inner is UnknownFound { IsForeign: false } || (!form.IsDisk && tar.Inner is OtherFilesFound);
        return !form.IsTar && at is UnknownFound { IsForeign: false };
    }

    private static string Mismatch(FileType declared, Identification found)
    {
        var text = $"The file was declared as {declared.UploadName ?? declared.Name} but is {found.Found.Describe()}.";
        if (found.UploadType is { } right)
            return $"{text} Upload it as filetype={right.UploadName}, or use force to keep the declaration.";
        return found.Found.Innermost switch
        {
            VirtualDiskFound => $"{text} Upload it as filetype=ddgz, and it is converted to that; or convert it first.",
            RawDiskFound => $"{text} Upload it with convert=ddgz, or pack it as one of the disk types first.",
            RootTreeFound => $"{text} Upload it with convert=tgz, or pack it as tgz, tbz or txz first.",
            FileSystemFound { Kind: FileSystemKind.Squashfs } =>
                $"{text} A squashfs cannot be uploaded; unpack it and pack its files as tgz.",
            FileSystemFound { Kind: FileSystemKind.Iso9660 } =>
                $"{text} An installation medium cannot be deployed; install from it into a disk image first.",
            FileSystemFound => $"{text} A disk image needs a partition table and a boot loader around the file system.",
            _ => $"{text} See the table of file types in the documentation of disk images.",
        };
    }

    private static Fault? ArchitectureWarningOrNull(Architecture? declared, Identification found)
    {
        if (declared is not { } wanted || found.Architectures.Count == 0 || found.Architectures.Contains(wanted.Arch, System.StringComparer.Ordinal))
            return null;
        // An i386 program is no sign: 64-bit systems have some too.
        if (found.Architectures.All(a => a == "i386") && wanted.Arch == "amd64")
            return null;
        return new Fault(
            FaultCodes.ArchitectureMismatch,
            $"The image was declared for {wanted.Arch}, but its programs are for {string.Join(" and ", found.Architectures)}."
        );
    }
}
