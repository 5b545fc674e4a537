using BootDepot.Images;

namespace BootDepot.Region.Uploads;

/// <summary>An upload that someone wants to begin, its fields read and checked one by one.</summary>
/// <param name="Name">As sent.</param>
/// <param name="Architecture">As sent.</param>
/// <param name="Type">What kind of file.</param>
/// <param name="Digest">What the bytes will hash to.</param>
/// <param name="Size">How many there will be.</param>
/// <param name="Wishes">The rest.</param>
internal sealed record UploadDraft(string Name, string Architecture, FileType Type, Digest Digest, long Size, UploadWishes Wishes);

/// <summary>What an uploader may say beyond what must be said.</summary>
/// <param name="Title">For people; may be empty.</param>
/// <param name="BaseImage">As sent; null when it was not.</param>
/// <param name="KeepOld">Whether earlier versions stay when this one is complete.</param>
/// <param name="Force">Whether the declared type holds although the bytes contradict it.</param>
/// <param name="ConvertTo">What the file shall become; null for nothing else.</param>
internal sealed record UploadWishes(string Title, string? BaseImage, bool KeepOld, bool Force, FileType? ConvertTo);
