using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Uploads;

internal sealed class ResumableUploadConfiguration : IEntityTypeConfiguration<ResumableUpload>
{
    public void Configure(EntityTypeBuilder<ResumableUpload> builder)
    {
        builder.Property(u => u.Id).HasMaxLength(32);
        builder.Property(u => u.Owner).HasMaxLength(MaxLengths.Name);
        builder.Property(u => u.Sha256).HasMaxLength(Digest.HexLength);
        builder.Property(u => u.FaultCode).HasMaxLength(MaxLengths.Code);
        builder.Property(u => u.RightType).HasMaxLength(MaxLengths.Name);
        builder.ToTable(t => t.HasCheckConstraint("CK_ResumableUploads_Size", "\"Size\" >= 0"));
    }
}
