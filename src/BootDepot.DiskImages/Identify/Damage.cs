using BootDepot.Images;

namespace BootDepot.DiskImages.Identify;

/// <summary>Writes the faults that several formats share, in one wording.</summary>
internal static class Damage
{
    public static DamagedFound Of(string looks, string why) =>
        new(looks, new Fault(FaultCodes.Damaged, $"The file looks like {looks}, but {why}. Make or fetch it again."));

    public static DamagedFound Truncated(string looks, string why) =>
        new(looks, new Fault(FaultCodes.Truncated, $"The file looks like {looks}, but {why}: it is not complete. Fetch or upload it again."));

    public static Fault Backing(string looks, string name) =>
        new(
            FaultCodes.BackingFile,
            $"The {looks} image is only the difference to another image{Named(name)}. Make it self-contained first: qemu-img convert -O {looks} old new, where its backing file is."
        );

    public static Fault External(string looks, string what) =>
        new(
            FaultCodes.ExternalData,
            $"The {looks} image keeps its data outside of itself ({what}); one file has to hold everything. Convert it where those files are, as in qemu-img convert -O qcow2 old new."
        );

    public static Fault Encrypted(string looks) =>
        new(FaultCodes.Encrypted, $"The {looks} image is encrypted; nothing can deploy it. Decrypt it first.");

    public static Fault Unsupported(string what) =>
        new(FaultCodes.UnsupportedVariant, $"This is {what}. Convert it to qcow2 or raw with the tool that made it.");

    // A name out of a hostile header is shown short and without control characters.
    private static string Named(string name)
    {
        if (name.Length == 0)
            return "";
        var clean = string.Create(
            System.Math.Min(name.Length, 80),
            name,
            (span, text) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
            }
        );
        return $" ('{clean}')";
    }
}
